use std::path::{Path, PathBuf};

use flagstone_policy::Parameters;

use crate::failure::Failure;

#[cfg(shipped_policy)]
const SHIPPED: Option<&[u8]> = Some(include_bytes!("../../../policies/default.safetensors"));
#[cfg(not(shipped_policy))]
const SHIPPED: Option<&[u8]> = None;

/// The policy built into this program, if one is.
pub(crate) fn shipped() -> Option<Parameters> {
    let read = flagstone_policy::read;
    SHIPPED.map(|bytes| read(bytes).expect("the built-in policy was made by this program"))
}

/// What stands for the policy that is built in, where a path is expected.
pub(crate) const SHIPPED_NAME: &str = "shipped";

/// Reads a policy or a checkpoint: a file, or a run folder's best, or its last where none was judged;
/// `shipped` is the one built in.
pub(crate) fn read(path: &Path) -> Result<Parameters, Failure> {
    if path == Path::new(SHIPPED_NAME) {
        let none = || Failure::Usage("no policy is shipped with this build".to_owned());
        return shipped().ok_or_else(none);
    }
    let path = file(path);
    let bytes = std::fs::read(&path).map_err(|error| Failure::read(&path, error))?;
    flagstone_policy::read(&bytes).map_err(|error| Failure::read(&path, error))
}

/// The file that a path to a policy stands for.
pub(crate) fn file(path: &Path) -> PathBuf {
    if !path.is_dir() {
        return path.to_owned();
    }
    let checkpoint = |name: &str| path.join("checkpoint").join(name);
    let best = checkpoint("best.safetensors");
    if best.exists() { best } else { checkpoint("last.safetensors") }
}
