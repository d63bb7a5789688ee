//! The objects' files.

use std::path::Path;

use super::VerifyReport;
use crate::layout;
use crate::objects::{
    FOLDER, NOT_WRITTEN, files, holds, is_arriving, is_set_aside, is_unfinished, object_of,
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
        let problem = match holds(&file, &cid) {
            Ok(true) => continue,
            Ok(false) => NOT_WRITTEN.to_owned(),
            Err(_) if file.is_dir() => FOLDER.to_owned(),
            Err(error) => error.to_string(),
        };
        report.damaged_objects.push(cid);
        report.add(format!("object {cid}"), problem);
    }
}
