# What the stack 'java' needs, from nixpkgs.
{
  description = "Java with Maven";

  inputs.nixpkgs.url = "nixpkgs";

  outputs = { self, nixpkgs }:
    let
      systems = [ "x86_64-linux" "aarch64-linux" ];
      shell = system:
        let pkgs = nixpkgs.legacyPackages.${system}; in
        pkgs.mkShell {
          packages = [
            pkgs.jdk
            pkgs.maven
          ];
        };
    in
    {
      devShells = builtins.listToAttrs (map
        (system: { name = system; value = { default = shell system; }; })
        systems);
    };
}
