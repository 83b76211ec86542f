# What the stack 'rust' needs, from nixpkgs.
{
  description = "Rust with cargo";

  inputs.nixpkgs.url = "nixpkgs";

  outputs = { self, nixpkgs }:
    let
      systems = [ "x86_64-linux" "aarch64-linux" ];
      shell = system:
        let pkgs = nixpkgs.legacyPackages.${system}; in
        pkgs.mkShell {
          packages = [
            pkgs.cargo
            pkgs.rustc
            pkgs.rustfmt
            pkgs.clippy
            pkgs.gcc
            pkgs.pkg-config
          ];
        };
    in
    {
      devShells = builtins.listToAttrs (map
        (system: { name = system; value = { default = shell system; }; })
        systems);
    };
}
