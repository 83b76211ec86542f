# What the stack 'python' needs, from nixpkgs.
{
  description = "Python";

  inputs.nixpkgs.url = "nixpkgs";

  outputs = { self, nixpkgs }:
    let
      systems = [ "x86_64-linux" "aarch64-linux" ];
      shell = system:
        let pkgs = nixpkgs.legacyPackages.${system}; in
        pkgs.mkShell {
          packages = [
            pkgs.python3
          ];
        };
    in
    {
      devShells = builtins.listToAttrs (map
        (system: { name = system; value = { default = shell system; }; })
        systems);
    };
}
