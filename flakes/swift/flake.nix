# What the stack 'swift' needs, from nixpkgs.
{
  description = "Swift with SwiftPM";

  inputs.nixpkgs.url = "nixpkgs";

  outputs = { self, nixpkgs }:
    let
      systems = [ "x86_64-linux" "aarch64-linux" ];
      shell = system:
        let pkgs = nixpkgs.legacyPackages.${system}; in
        pkgs.mkShell {
          packages = [
            pkgs.swift
            pkgs.swiftpm
            pkgs.gcc
            pkgs.git
          ];
        };
    in
    {
      devShells = builtins.listToAttrs (map
        (system: { name = system; value = { default = shell system; }; })
        systems);
    };
}
