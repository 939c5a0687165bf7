//! Tells the program whether there is a policy to embed.

#![allow(clippy::print_stdout, reason = "that is how a build script talks to cargo")]

fn main() {
    println!("cargo::rerun-if-changed=policies");
    println!("cargo::rustc-check-cfg=cfg(shipped_policy)");
    if std::path::Path::new("policies/default.safetensors").exists() {
        println!("cargo::rustc-cfg=shipped_policy");
    }
}
