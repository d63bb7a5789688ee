//! Files renamed and deleted through the façade; small pictures.

use std::fs;

use wissil_session::api::ErrorCode;
use wissil_session::{ExportFormat, verify};

use super::{
    asset, contents, history, paths, picture, settle, wait, wait_for_content, wait_for_paths,
};
use crate::place::place;

#[test]
fn renaming_and_deleting_say_what_cannot_be_done() {
    let place = place();
    let (session, assets) = place.game();
    fs::write(assets.join("a.txt"), "one").unwrap();
    fs::write(assets.join("b.txt"), "two").unwrap();
    wait_for_paths(&session, &["a.txt", "b.txt"]);
    let id = asset(&session, "a.txt").id;
    let code = |result: Result<(), wissil_session::api::ApiError>| result.unwrap_err().code;
    for path in ["../a.txt", "/a.txt", "C:/a.txt", "a\\b", "", "con", ".a"] {
        assert_eq!(
            code(session.rename_asset(&id, path)),
            ErrorCode::Invalid,
            "{path}"
        );
    }
    assert_eq!(
        code(session.rename_asset(&id, "B.txt")),
        ErrorCode::AlreadyExists
    );
    assert_eq!(
        code(session.rename_asset("x", "c.txt")),
        ErrorCode::NotFound
    );
    assert_eq!(code(session.delete_asset("x")), ErrorCode::NotFound);
    assert_eq!(session.object("x").unwrap_err().code, ErrorCode::Invalid);
    session.rename_asset(&id, "A.txt").unwrap();
    wait("the new case", || contents(&assets).contains_key("A.txt"));

    let reading = place.app.inspect(&place.root.join("game")).unwrap();
    assert_eq!(paths(&reading), ["A.txt", "b.txt"]);
    assert_eq!(code(reading.delete_asset(&id)), ErrorCode::Invalid);
    assert_eq!(
        reading.begin_upload("").unwrap_err().code,
        ErrorCode::Invalid
    );
}

#[test]
fn pictures_in_the_folder_get_small_ones_and_damaged_ones_none() {
    let place = place();
    let (session, assets) = place.game();
    fs::write(assets.join("hero.png"), picture()).unwrap();
    fs::write(assets.join("half.png"), &picture()[..100]).unwrap();
    wait_for_paths(&session, &["half.png", "hero.png"]);
    let hero = asset(&session, "hero.png");
    let small = session.object(&hero.thumbnail.unwrap()).unwrap().unwrap();
    assert!(small.starts_with(b"\x89PNG"));
    assert_eq!(session.object(&hero.object).unwrap().unwrap(), picture());
    assert_eq!(asset(&session, "half.png").thumbnail, None);
    fs::write(assets.join("hero.png"), "no picture any more").unwrap();
    wait("the picture to go", || {
        asset(&session, "hero.png").thumbnail.is_none()
    });
}

#[test]
fn a_project_of_an_exported_history_has_the_files() {
    let place = place();
    let (session, assets) = place.game();
    fs::create_dir(assets.join("a")).unwrap();
    fs::write(assets.join("a/hero.png"), picture()).unwrap();
    fs::write(assets.join("b.txt"), "text").unwrap();
    wait_for_paths(&session, &["a/hero.png", "b.txt"]);
    let car = place.root.join("game.car");
    session.export(ExportFormat::Car, &car).unwrap();
    let copy = place.root.join("copy");
    let other = place.app.import(&car, &copy).unwrap();
    wait_for_content(&copy.join("assets/a/hero.png"), &picture());
    wait_for_content(&copy.join("assets/b.txt"), b"text");
    settle(&other, &copy.join("assets"), "mark");
    assert_eq!(history(&other).len(), history(&session).len() + 1);
    drop(other);
    assert!(verify(&copy).unwrap().sound);
}
