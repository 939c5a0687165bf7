//! Speed of collection on a block the size of Ariane: whole episodes and what they are made of.

#![allow(missing_docs, reason = "criterion's macros make public functions")]

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use flagstone_env::{EnvConfig, Environment, SoftPlacement, Step, Task};
use flagstone_netlist::generate::{GenerateConfig, generate};
use flagstone_policy::{Network, Parameters};
use flagstone_ppo::{Config, Design, Purpose, collect};

fn task(soft_placement: SoftPlacement) -> Arc<Task> {
    let (netlist, canvas, placement) = generate(&GenerateConfig::ariane());
    let config = EnvConfig { soft_placement, ..EnvConfig::default() };
    Arc::new(Task::new(Arc::new(netlist), canvas, placement, &config).expect("it can be placed"))
}

/// An episode of first legal cells, so that only the environment is measured.
fn walk(environment: &mut Environment) {
    let mut step = environment.reset();
    while step == Step::Continue {
        let legal = environment.observe().mask.iter().position(|&free| free);
        step = environment.step(legal.expect("the state is not infeasible"));
    }
}

fn environments(c: &mut Criterion) {
    let mut group = c.benchmark_group("rollout/environment");
    let keep = task(SoftPlacement::Keep);
    group.throughput(Throughput::Elements(keep.order.len() as u64));
    let mut masks = Environment::new(Arc::clone(&keep));
    group.bench_function("masks", |b| b.iter(|| walk(&mut masks)));
    let mut maps = Environment::with_maps(keep);
    group.bench_function("masks and maps", |b| b.iter(|| walk(&mut maps)));
    let mut whole = Environment::with_maps(task(EnvConfig::default().soft_placement));
    group.bench_function("and soft macros", |b| b.iter(|| walk(&mut whole)));
    group.finish();
}

fn episodes(c: &mut Criterion) {
    let mut group = c.benchmark_group("rollout/episodes");
    let (config, stop) = (Config::default(), AtomicBool::new(false));
    let design = Design::new(task(config.env.soft_placement));
    group.throughput(Throughput::Elements(config.group as u64)).sample_size(10);
    for network in Network::ALL {
        let parameters = Parameters::init(network, 1);
        let designs = std::slice::from_ref(&design);
        let n = config.group;
        group.bench_function(network.name(), |b| {
            b.iter(|| {
                collect(&parameters, designs, 0..n, &config, (1, 0), Purpose::Learning, &stop)
            });
        });
    }
    group.finish();
}

criterion_group!(benches, environments, episodes);
criterion_main!(benches);
