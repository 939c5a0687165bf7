use std::sync::Arc;

use flagstone_env::{EnvConfig, Environment, Task};
use flagstone_netlist::{Builder, Canvas, Kind, Node, Pin, Placement};

use super::*;

fn task() -> Arc<Task> {
    let mut builder = Builder::new();
    let mut pins = Vec::new();
    for i in 0..5 {
        let kind = if i < 3 { Kind::HardMacro } else { Kind::SoftMacro };
        let name = format!("n{i}");
        let node =
            builder.node(Node { kind, name: &name, width: 20.0, height: 10.0, ..Node::default() });
        pins.push(builder.pin(Pin { node, ..Pin::default() }));
    }
    for pair in pins.windows(2) {
        builder.net(pair[0], &pair[1..]);
    }
    let netlist = Arc::new(builder.build());
    let placement = Placement::new(&netlist);
    let mut canvas = Canvas::new(100.0, 80.0);
    (canvas.columns, canvas.rows) = (11, 7);
    Arc::new(Task::new(netlist, canvas, placement, &EnvConfig::default()).unwrap())
}

fn graph(task: &Task) -> Graph {
    Graph::new(&task.features, task.canvas.columns, task.canvas.rows)
}

/// The first two observations of an episode.
fn observations(task: Arc<Task>) -> [Observation; 2] {
    let mut environment = Environment::with_maps(task);
    let first = environment.observe().clone();
    let cell = first.mask.iter().position(|&free| free).unwrap();
    environment.step(cell);
    [first, environment.observe().clone()]
}

#[test]
fn a_batch_gives_what_its_members_give() {
    let (task, device) = (task(), Device::flex());
    let graph = graph(&task);
    let [first, second] = observations(task);
    for network in Network::ALL {
        let model = policy(&Parameters::init(network, 3), &device);
        let encoding = model.encode(&graph);
        let forward = |observations: &[&Observation]| {
            let out = model.forward(&graph, &encoding, observations);
            let logits = out.logits.into_data().try_to_vec::<f32>().unwrap();
            (logits, out.values.into_data().try_to_vec::<f32>().unwrap())
        };
        let (logits, values) = forward(&[&first, &second]);
        assert_eq!(logits.len(), 2 * 77);
        for (i, observation) in [&first, &second].into_iter().enumerate() {
            let (alone, value) = forward(&[observation]);
            for (a, b) in alone.iter().zip(&logits[i * 77..]) {
                assert!((a - b).abs() < 1e-5, "{network:?}: {a} {b}");
            }
            assert!((value[0] - values[i]).abs() < 1e-5, "{network:?}, observation {i}");
        }
        assert_ne!(logits[..77], logits[77..], "{network:?}: the observation matters");
    }
}

#[test]
fn every_part_of_a_network_gets_a_gradient() {
    let (task, device) = (task(), Device::flex().autodiff());
    let graph = graph(&task);
    let [observation, _] = observations(task);
    for network in Network::ALL {
        let model = policy(&Parameters::init(network, 3), &device);
        let out = model.forward(&graph, &model.encode(&graph), &[&observation]);
        let mut loss = out.logits.powi_scalar(2).sum() + out.values.powi_scalar(2).sum();
        if let Some(terms) = out.terms {
            loss = loss + terms.powi_scalar(2).sum();
        }
        let gradient = model.flat().grad(&loss.backward()).expect("the leaf has a gradient");
        let gradient = gradient.into_data().try_to_vec::<f32>().unwrap();
        let mut at = 0;
        for entry in network.layout() {
            let part = &gradient[at..at + entry.len()];
            at += entry.len();
            // Softmax does not feel a constant added to all scores.
            let blind = entry.name == "encoder.key.bias";
            let reached = part.iter().any(|&value| value != 0.0);
            assert!(blind || reached, "{} is not reached", entry.name);
            assert!(part.iter().all(|v| v.is_finite()), "{} is not finite", entry.name);
        }
    }
}

#[test]
fn an_untrained_maps_policy_prefers_short_wires() {
    let (task, device) = (task(), Device::flex());
    let graph = graph(&task);
    let [first, _] = observations(task);
    let model = policy(&Parameters::init(Network::Maps, 3), &device);
    let logits = model.forward(&graph, &model.encode(&graph), &[&first]).logits;
    let logits = logits.into_data().try_to_vec::<f32>().unwrap();
    let legal = |cell: &usize| first.mask[*cell];
    let wire = |&cell: &usize| first.maps[cell];
    let best = (0..77).filter(legal).min_by(|a, b| wire(a).total_cmp(&wire(b))).unwrap();
    let worst = (0..77).filter(legal).max_by(|a, b| wire(a).total_cmp(&wire(b))).unwrap();
    assert!(logits[best] > logits[worst] + 1.0, "{} {}", logits[best], logits[worst]);
}

#[test]
fn a_window_of_the_picture_is_a_part_of_the_whole() {
    let device = Device::flex();
    let model = AlphaChip::new(&Parameters::init(Network::AlphaChip, 5), &device);
    let trunk: Vec<f32> =
        (0..2 * 7 * crate::alphachip::D).map(|i| (i as f32 * 0.7).sin()).collect();
    let trunk = Tensor::from_data(TensorData::new(trunk, [2, 7 * crate::alphachip::D]), &device);
    let draw = |rows: std::ops::Range<usize>, columns: std::ops::Range<usize>| {
        let picture = model.policy.forward(trunk.clone(), Window { rows, columns });
        picture.into_data().try_to_vec::<f32>().unwrap()
    };
    let whole = draw(0..GRID, 0..GRID);
    for (rows, columns) in [(0..1, 127..128), (58..70, 57..71), (63..64, 0..128), (1..127, 3..4)] {
        let part = draw(rows.clone(), columns.clone());
        let mut at = 0;
        for image in 0..2 {
            for row in rows.clone() {
                for column in columns.clone() {
                    let expected = whole[(image * GRID + row) * GRID + column];
                    assert!((part[at] - expected).abs() < 1e-5, "{rows:?} {columns:?}");
                    at += 1;
                }
            }
        }
        assert_eq!(at, part.len());
    }
}

#[test]
fn playing_computes_what_the_tensors_do() {
    let (task, device) = (task(), Device::flex());
    let graph = graph(&task);
    let [first, second] = observations(task);
    let observations = [&first, &second];
    for network in Network::ALL {
        let mut parameters = Parameters::init(network, 3);
        // Biases start at zero; here they are to count.
        parameters
            .values
            .iter_mut()
            .zip(0..)
            .for_each(|(value, i)| *value += 0.01 * (i % 7) as f32);
        let model = policy(&parameters, &device);
        let encoding = model.encode(&graph);
        let tensors = model.forward(&graph, &encoding, &observations);
        let expected = (floats(tensors.logits.reshape([2 * 77])), floats(tensors.values));
        let Answers { logits, values } = model.answer(&graph, &encoding, &observations);
        for (a, b) in logits.iter().zip(&expected.0).chain(values.iter().zip(&expected.1)) {
            assert!((a - b).abs() < 1e-4 * b.abs().max(1.0), "{network:?}: {a} {b}");
        }
        assert_eq!((logits.len(), values.len()), (2 * 77, 2));
    }
}
