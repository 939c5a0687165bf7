#!/usr/bin/env bash
# Kills a pretraining run at random moments, resumes it every time, and compares its end with that of a
# run nobody disturbed: the same checkpoint, the same numbers in the log.
#
# usage: tests/kill.sh [KILLS] [SEED] [NETWORK]      after: cargo build --release
# NETWORK is alphachip or maps; the run predicts, imitates and plays, so that kills hit all three.
set -euo pipefail
cd "$(dirname "$0")/.."
kills=${1:-20}
RANDOM=${2:-1}
network=${3:-alphachip}
flagstone=$PWD/target/release/flagstone
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat > "$work/corpus.toml" <<CORPUS
[[train]]
netlist = "$PWD/netlists/toy"
mirror = ["x", "both"]
[[train]]
generate = { count = 3, seed = 3, hard_macros = [4, 10] }
[[held_out]]
generate = { seed = 50, hard_macros = 6 }
CORPUS
options=(--network "$network" --iterations 60 --threads 1 --set train.episodes=8 --set train.checkpoint_every=3
    --set train.evaluate_every=5 --set train.curriculum=20 --set train.warm_up.predict=6
    --set train.warm_up.imitate=12 --set train.warm_up.moves=20000 --set train.warm_up.placements=1)

start=$(date +%s%N)
"$flagstone" --quiet pretrain "$work/corpus.toml" --out "$work/whole" "${options[@]}" > "$work/whole.out"
whole_ms=$((($(date +%s%N) - start) / 1000000))
echo "undisturbed: $whole_ms ms"

numbers() { "$flagstone" report "$1" --csv | cut -d, -f1-22; }
finish_and_compare() {
    "$flagstone" --quiet pretrain --resume "$work/killed" --threads 1 > "$work/killed.out"
    cmp "$work/whole/checkpoint/last.safetensors" "$work/killed/checkpoint/last.safetensors"
    cmp "$work/whole/checkpoint/best.safetensors" "$work/killed/checkpoint/best.safetensors"
    cmp "$work/whole/best.svg" "$work/killed/best.svg"
    cmp <(numbers "$work/whole") <(numbers "$work/killed")
}

begin=("$flagstone" pretrain "$work/corpus.toml" --out "$work/killed" "${options[@]}")
run=("${begin[@]}")
kill=1
while ((kill <= kills)); do
    "${run[@]}" > /dev/null 2> "$work/err" &
    # Somewhere in the first sixth of what a whole run takes: startup, episodes, update, writing.
    pause=$((RANDOM % (whole_ms / 6 + 1)))
    sleep "$(printf '%d.%03d' $((pause / 1000)) $((pause % 1000)))"
    if ! kill -9 $! 2> /dev/null; then
        # It came to its end before: that kill does not count, and another run begins.
        wait $!
        finish_and_compare
        echo "a run has come to the same end; the next one begins"
        rm -r "$work/killed"
        run=("${begin[@]}")
        continue
    fi
    wait $! 2> /dev/null || true
    if grep -E "error|warning|panicked" "$work/err"; then
        echo "kill $kill: not resumed cleanly"
        exit 1
    fi
    # Killed before its config was written, a run has not begun.
    [ -e "$work/killed/config.toml" ] && run=("$flagstone" pretrain --resume "$work/killed" --threads 1)
    echo "kill $kill after $pause ms: $(ls "$work/killed/checkpoint" 2> /dev/null | grep -v partial | sort | tail -2 | head -1)"
    kill=$((kill + 1))
done
finish_and_compare
echo "$network, killed $kills times: the same checkpoints, best placement and log"
