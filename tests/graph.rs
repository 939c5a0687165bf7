use std::collections::BTreeMap;

use cargo_metadata::MetadataCommand;

/// Who may use whom inside the workspace; data flows one way.
const LAYERS: [(&str, &[&str]); 12] = [
    ("flagstone-geom", &[]),
    ("flagstone-netlist", &["geom"]),
    ("flagstone-formats", &["geom", "netlist"]),
    ("flagstone-cluster", &["geom", "netlist"]),
    ("flagstone-cost", &["geom", "netlist"]),
    ("flagstone-place", &["geom", "netlist", "cost"]),
    ("flagstone-env", &["geom", "netlist", "cost", "place"]),
    ("flagstone-policy", &["geom", "netlist", "env"]),
    ("flagstone-ppo", &["geom", "netlist", "cost", "place", "env", "policy"]),
    ("flagstone-design", &["geom", "netlist", "formats", "cluster", "cost", "place", "report"]),
    ("flagstone-report", &["geom", "netlist", "cost"]),
    (
        "flagstone-gui",
        // The last three behind a feature, for what the policy says.
        &[
            "geom", "netlist", "formats", "design", "cluster", "cost", "place", "report", "env",
            "policy", "ppo",
        ],
    ),
];

fn dependencies() -> BTreeMap<String, Vec<String>> {
    let mut command = MetadataCommand::new();
    command.manifest_path(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")).no_deps();
    let metadata = command.exec().unwrap();
    let normal = |package: &cargo_metadata::Package| -> Vec<String> {
        let kinds = package.dependencies.iter();
        let normal = kinds.filter(|d| d.kind == cargo_metadata::DependencyKind::Normal);
        normal.map(|dependency| dependency.name.clone()).collect()
    };
    metadata.packages.iter().map(|p| (p.name.to_string(), normal(p))).collect()
}

#[test]
fn a_crate_never_reaches_back() {
    let dependencies = dependencies();
    for (name, allowed) in LAYERS {
        let used = &dependencies[name];
        for used in used.iter().filter_map(|used| used.strip_prefix("flagstone-")) {
            assert!(allowed.contains(&used), "{name} must not use {used}");
        }
    }
    assert_eq!(dependencies.len(), LAYERS.len() + 1, "a crate is missing from the table");
}

#[test]
fn heavy_dependencies_stay_in_their_rooms() {
    let rooms = [
        ("burn", vec!["flagstone-policy", "flagstone-ppo"]),
        ("egui", vec!["flagstone-gui"]),
        ("eframe", vec!["flagstone-gui"]),
        ("anyhow", vec!["flagstone", "flagstone-gui"]),
    ];
    for (name, used) in dependencies() {
        for (heavy, rooms) in &rooms {
            let uses = used.iter().any(|used| used == heavy);
            assert!(!uses || rooms.contains(&name.as_str()), "{name} must not depend on {heavy}");
        }
    }
}
