//! The objects' files.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use sha2::{Digest, Sha256};
use wissil_dag::Cid;

use super::VerifyReport;
use crate::layout;
use crate::objects::{files, is_arriving, is_unfinished, object_of};

pub(super) fn check(project: &Path, report: &mut VerifyReport) {
    let files = match files(&layout::objects(project)) {
        Ok(files) => files,
        Err(error) => return report.add("the folder of the objects", error),
    };
    for file in files {
        if is_unfinished(&file) || is_arriving(&file) {
            continue;
        }
        report.objects += 1;
        let Some(cid) = object_of(&file) else {
            let name = file.strip_prefix(project).unwrap_or(&file);
            report.add(
                format!("file {}", name.display()),
                "its name is no object's",
            );
            continue;
        };
        match holds(&file, &cid) {
            Ok(true) => {}
            Ok(false) => report.add(
                format!("object {cid}"),
                "its content is not what was written",
            ),
            Err(error) => report.add(format!("object {cid}"), error),
        }
    }
}

/// Whether a file's bytes are what a CID names, read piece by piece.
fn holds(file: &Path, cid: &Cid) -> io::Result<bool> {
    let mut file = File::open(file)?;
    let mut hasher = Sha256::new();
    let mut piece = vec![0; 64 * 1024];
    loop {
        match file.read(&mut piece)? {
            0 => break,
            length => hasher.update(&piece[..length]),
        }
    }
    Ok(cid.hash().digest() == hasher.finalize().as_slice())
}
