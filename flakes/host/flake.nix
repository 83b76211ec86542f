# The machine's own tools, entered through `nix develop` like any other flake.
#
# It has no inputs, so it works without a network. Its evaluation is pure and cannot see which tools the
# machine has: Drydock adds their folders afterwards. Works with Nix 2.8 and newer.
{
  description = "A shell without packages, for machines that cannot reach nixpkgs";

  outputs = { self }:
    let
      systems = [ "x86_64-linux" "aarch64-linux" ];
      shell = system: derivation {
        name = "drydock-host-shell";
        inherit system;
        # `nix develop` takes the environment down with a bash script and accepts no other builder.
        builder = "/bin/bash";
        args = [ "-c" ": > $out" ];
        outputs = [ "out" ];
        LANG = "C.UTF-8";
      };
    in
    {
      devShells = builtins.listToAttrs (map
        (system: { name = system; value = { default = shell system; }; })
        systems);
    };
}
