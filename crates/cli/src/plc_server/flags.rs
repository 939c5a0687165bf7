//! The flags circuit_training starts the program with.

use std::path::PathBuf;

use anyhow::{Context, ensure};

use super::PlcServerArgs;

impl PlcServerArgs {
    /// Reads `--name=value` and `--name value`; returns the flags that mean nothing here as well.
    ///
    /// # Errors
    /// Where the socket or the netlist is missing or a spacing is no length.
    pub(crate) fn parse(
        args: impl IntoIterator<Item = String>,
    ) -> anyhow::Result<(Self, Vec<String>)> {
        let (mut pipe_address, mut netlist_file) = (None, None);
        let (mut x_spacing, mut y_spacing) = (0.0, 0.0);
        let mut ignored = Vec::new();
        let mut args = args.into_iter().peekable();
        while let Some(arg) = args.next() {
            let (flag, value) = match arg.split_once('=') {
                Some((flag, value)) => (flag, Some(value.to_owned())),
                None => (arg.as_str(), args.next_if(|next| !next.starts_with("--"))),
            };
            let value =
                |flag: &str| value.clone().with_context(|| format!("--{flag} needs a value"));
            match flag.trim_start_matches('-') {
                name @ "pipe_address" => pipe_address = Some(PathBuf::from(value(name)?)),
                name @ "netlist_file" => netlist_file = Some(value(name)?),
                name @ "macro_macro_x_spacing" => x_spacing = length(name, &value(name)?)?,
                name @ "macro_macro_y_spacing" => y_spacing = length(name, &value(name)?)?,
                _ => ignored.push(flag.to_owned()),
            }
        }
        let args = Self {
            pipe_address: pipe_address.context("--pipe_address is missing")?,
            netlist_file: netlist_file.context("--netlist_file is missing")?,
            macro_macro_x_spacing: x_spacing,
            macro_macro_y_spacing: y_spacing,
        };
        Ok((args, ignored))
    }
}

fn length(name: &str, text: &str) -> anyhow::Result<f64> {
    let value: f64 = text.parse().with_context(|| format!("--{name} {text} is not a number"))?;
    ensure!(value.is_finite() && value >= 0.0, "--{name} must be 0 or more, got {text}");
    Ok(value)
}
