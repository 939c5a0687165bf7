//! What tells designs and files from others under the same name.

use std::fs;
use std::path::PathBuf;

use sha2::{Digest, Sha256};

use crate::load::Design;

/// What is the same only where everything that a placement depends on is: 64 hexadecimal digits.
pub(crate) fn fingerprint(design: &Design) -> String {
    let Design { netlist, canvas, placement, weights, .. } = design;
    let (nodes, pins, nets) = (&netlist.nodes, &netlist.pins, &netlist.nets);
    let mut hash = Sha256::new();
    let columns = [
        &nodes.width,
        &nodes.height,
        &pins.dx,
        &pins.dy,
        &pins.weight,
        &nets.weight,
        &placement.x,
        &placement.y,
    ];
    for value in columns.into_iter().flatten() {
        hash.update(value.to_le_bytes());
    }
    for node in &pins.node {
        hash.update(node.0.to_le_bytes());
    }
    for net in netlist.net_pins.rows() {
        for pin in net {
            hash.update(pin.0.to_le_bytes());
        }
        hash.update([u8::MAX; 4]);
    }
    hash.update(format!("{canvas:?} {weights:?} {:?}", nodes.kind));
    hash.update(format!("{:?} {:?}", placement.orientation, placement.fixed));
    digits(hash)
}

/// The same for files by what is in them; `None` where none of them is a file.
pub(crate) fn of_files(paths: &[PathBuf]) -> Option<String> {
    let contents: Vec<Vec<u8>> = paths.iter().filter_map(|path| fs::read(path).ok()).collect();
    let mut hash = Sha256::new();
    for content in &contents {
        hash.update((content.len() as u64).to_le_bytes());
        hash.update(content);
    }
    (!contents.is_empty()).then(|| digits(hash))
}

fn digits(hash: Sha256) -> String {
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use flagstone_netlist::generate::{GenerateConfig, generate};

    use super::*;

    #[test]
    fn a_fingerprint_is_of_everything_that_a_placement_depends_on() {
        let (netlist, canvas, placement) = generate(&GenerateConfig::toy());
        let design = Design::new("toy".to_owned(), netlist, canvas, placement);
        let own = fingerprint(&design);
        assert_eq!(fingerprint(&design.clone()), own);
        let changes: [fn(&mut Design); 4] = [
            |design| design.canvas.smoothing += 1,
            |design| design.placement.x[3] += 1.0,
            |design| design.placement.fixed[40] ^= true,
            |design| design.weights.density += 0.1,
        ];
        for change in changes {
            let mut other = design.clone();
            change(&mut other);
            assert_ne!(fingerprint(&other), own);
        }
        let (netlist, ..) = generate(&GenerateConfig { seed: 99, ..GenerateConfig::toy() });
        assert_ne!(fingerprint(&Design { netlist: Arc::new(netlist), ..design }), own);
    }
}
