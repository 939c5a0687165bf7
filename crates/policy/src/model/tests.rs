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

#[test]
fn a_batch_gives_what_its_members_give() {
    let task = task();
    let device = Device::flex();
    let model = AlphaChip::new(&Parameters::init(3), &device);
    let graph = graph(&task);
    let mut environment = Environment::new(Arc::clone(&task));
    let first = environment.observe().clone();
    let cell = first.mask.iter().position(|&free| free).unwrap();
    environment.step(cell);
    let second = environment.observe().clone();
    let forward = |observations: &[&flagstone_env::Observation]| {
        let out = model.forward(&graph, &Batch::new(&graph, observations, &device));
        let logits = out.logits.into_data().try_to_vec::<f32>().unwrap();
        (logits, out.values.into_data().try_to_vec::<f32>().unwrap())
    };
    let (logits, values) = forward(&[&first, &second]);
    assert_eq!(logits.len(), 2 * 77);
    for (i, observation) in [&first, &second].into_iter().enumerate() {
        let (alone, value) = forward(&[observation]);
        for (a, b) in alone.iter().zip(&logits[i * 77..]) {
            assert!((a - b).abs() < 1e-5, "{a} {b}");
        }
        assert!((value[0] - values[i]).abs() < 1e-5, "values of observation {i}");
    }
    assert_ne!(logits[..77], logits[77..], "the observation matters");
}

#[test]
fn every_part_of_the_network_gets_a_gradient() {
    let task = task();
    let device = Device::flex().autodiff();
    let model = AlphaChip::new(&Parameters::init(3), &device);
    let graph = graph(&task);
    let observation = Environment::new(task).observe().clone();
    let out = model.forward(&graph, &Batch::new(&graph, &[&observation], &device));
    let loss = out.logits.powi_scalar(2).sum() + out.values.powi_scalar(2).sum();
    let gradients = loss.backward();
    let gradient = model.flat().grad(&gradients).expect("the leaf has a gradient");
    let gradient = gradient.into_data().try_to_vec::<f32>().unwrap();
    let mut at = 0;
    for entry in &LAYOUT {
        let part = &gradient[at..at + entry.len()];
        at += entry.len();
        // Softmax does not feel a constant added to all scores.
        let blind = entry.name == "encoder.key.bias";
        assert!(blind || part.iter().any(|&value| value != 0.0), "{} is not reached", entry.name);
        assert!(part.iter().all(|value| value.is_finite()), "{} is not finite", entry.name);
    }
}

#[test]
fn a_window_of_the_picture_is_a_part_of_the_whole() {
    let device = Device::flex();
    let model = AlphaChip::new(&Parameters::init(5), &device);
    let trunk: Vec<f32> = (0..2 * 7 * crate::layout::D).map(|i| (i as f32 * 0.7).sin()).collect();
    let trunk = Tensor::from_data(TensorData::new(trunk, [2, 7 * crate::layout::D]), &device);
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
