//! A file system of its own in a file, which can be cut off from its disk and mounted again.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::ensure;

use super::house::Node;
use super::postgres::{done, is_root};
use super::shim::compile;

/// A mounted ext4 in a file.
pub struct LoopFs {
    image: PathBuf,
    /// Where it is mounted.
    pub mount: PathBuf,
    cutter: PathBuf,
}

impl LoopFs {
    /// Makes and mounts one of `megabytes` in `folder`. Fails where the machine has no loop devices or the harness may
    /// not mount.
    pub fn make(folder: &Path, megabytes: u64) -> anyhow::Result<Self> {
        ensure!(is_root(), "mounting needs the machine's superuser");
        ensure!(Path::new("/dev/loop-control").exists(), "there are no loop devices");
        let (image, mount) = (folder.join("disk.img"), folder.join("disk"));
        File::create(&image)?.set_len(megabytes * 1024 * 1024)?;
        fs::create_dir_all(&mount)?;
        let mut mkfs = Command::new("mkfs.ext4");
        mkfs.args(["-q", "-F", "-m", "0", "-J", "size=4"]).arg(&image);
        done("mkfs.ext4", mkfs)?;
        let cutter = compile(folder, "powercut", include_str!("powercut.c"), &[])?;
        let made = Self { image, mount, cutter };
        made.mount()?;
        Ok(made)
    }

    /// Mounts it.
    pub fn mount(&self) -> anyhow::Result<()> {
        let mut mount = Command::new("mount");
        mount.args(["-o", "loop"]).arg(&self.image).arg(&self.mount);
        done("mount", mount)
    }

    /// Cuts it off: nothing that was not flushed will ever be there. A machine without power says nothing more either:
    /// the node stands still from the instant before, whatever its kernel still does for it.
    pub fn cut(&self, node: &Node) -> anyhow::Result<()> {
        let mut cut = Command::new(&self.cutter);
        cut.arg(&self.mount).arg(node.id().to_string());
        done("the power cut", cut)
    }

    /// Takes it down, once nobody uses it.
    pub fn unmount(&self) -> anyhow::Result<()> {
        for _ in 0..100 {
            let mut umount = Command::new("umount");
            umount.arg(&self.mount);
            if done("umount", umount).is_ok() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        anyhow::bail!("{} is in use", self.mount.display())
    }
}

impl Drop for LoopFs {
    fn drop(&mut self) {
        let mut umount = Command::new("umount");
        umount.arg("-l").arg(&self.mount);
        let _ = done("umount", umount);
    }
}
