//! The objects' files.

use std::path::Path;

use super::VerifyReport;
use crate::layout;
use crate::objects::{
    FOLDER, NOT_WRITTEN, files, is_arriving, is_damaged, is_set_aside, is_unfinished, object_of,
};

pub(super) fn check(project: &Path, report: &mut VerifyReport) {
    let files = match files(&layout::objects(project)) {
        Ok(files) => files,
        Err(error) => return report.add("the folder of the objects", error),
    };
    for file in files {
        if is_unfinished(&file) || is_arriving(&file) || is_set_aside(&file) {
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
        let problem = match is_damaged(&file, &cid) {
            Ok(false) => continue,
            Ok(true) => {
                report.damaged_objects.push(cid);
                match file.is_dir() {
                    true => FOLDER.to_owned(),
                    false => NOT_WRITTEN.to_owned(),
                }
            }
            // It may be whole.
            Err(error) => format!("{} cannot be read: {error}", file.display()),
        };
        report.add(format!("object {cid}"), problem);
    }
}
