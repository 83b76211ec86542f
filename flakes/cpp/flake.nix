# What the stack 'cpp' needs, from nixpkgs.
{
  description = "C++ with CMake";

  inputs.nixpkgs.url = "nixpkgs";

  outputs = { self, nixpkgs }:
    let
      systems = [ "x86_64-linux" "aarch64-linux" ];
      shell = system:
        let pkgs = nixpkgs.legacyPackages.${system}; in
        pkgs.mkShell {
          packages = [
            pkgs.gcc
            pkgs.cmake
            pkgs.ninja
            pkgs.gnumake
          ];
        };
    in
    {
      devShells = builtins.listToAttrs (map
        (system: { name = system; value = { default = shell system; }; })
        systems);
    };
}
