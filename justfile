# The recipes of CI, one by one.

default: ci

fmt:
    cargo fmt --all --check

lint:
    cargo clippy --workspace --all-targets -- -D warnings

doc:
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps

test:
    cargo test --workspace

bench *ARGS:
    cargo bench {{ARGS}}

run *ARGS:
    cargo run --release -- {{ARGS}}

gui *ARGS:
    cargo run --release -p flagstone-gui -- {{ARGS}}

ci: fmt lint doc test
