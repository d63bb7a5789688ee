//! Objects and their links.

use wissil_dag::{
    Codec, ContentHasher, Link, LinkType, MAX_LINKS, ObjectBlock, ObjectError, cid_of,
};

#[test]
fn an_object_reads_back_with_links_of_the_future() {
    let content = b"some file";
    let mut hasher = ContentHasher::new();
    content.chunks(4).for_each(|chunk| hasher.update(chunk));
    let (cid, size) = hasher.finish();
    assert_eq!((cid, size), (cid_of(Codec::RAW, content), 9));

    let mut object = ObjectBlock::linking(cid, size, "model/gltf-binary");
    let future = LinkType::from("from-the-future".to_owned());
    object.links.push(Link {
        name: "what".to_owned(),
        link_type: future.clone(),
        cid,
    });
    let (name, bytes) = object.encode().unwrap();
    assert_eq!(name, cid_of(Codec::DAG_CBOR, &bytes));
    let read = ObjectBlock::decode(&bytes).unwrap();
    assert_eq!(read, object);
    assert_eq!(read.content(), Some(&cid));
    assert_eq!(read.links_of(&future).count(), 1);
}

#[test]
fn the_rules_of_objects_hold() {
    let object = || ObjectBlock::holding(b"data".to_vec(), "text/plain");
    assert!(object().encode().is_ok());
    let check = |change: fn(&mut ObjectBlock), expected: ObjectError| {
        let mut object = object();
        change(&mut object);
        assert_eq!(object.encode().unwrap_err(), expected);
    };
    check(
        |object| object.size = 5,
        ObjectError::Size { size: 5, actual: 4 },
    );
    for media_type in ["", "text", "/", "text/", "/plain", "text/pl ain"] {
        let mut object = object();
        object.media_type = media_type.to_owned();
        assert_eq!(
            object.encode().unwrap_err(),
            ObjectError::MediaType(media_type.to_owned())
        );
    }
    let link = |name: &str| Link {
        name: name.to_owned(),
        link_type: LinkType::Chunk,
        cid: cid_of(0x55, b""),
    };
    let mut unnamed = object();
    unnamed.links = vec![link("0"), link("")];
    assert_eq!(unnamed.encode().unwrap_err(), ObjectError::LinkName(1));
    unnamed.links = vec![link("0"); MAX_LINKS + 1];
    assert_eq!(
        unnamed.encode().unwrap_err(),
        ObjectError::TooManyLinks(MAX_LINKS + 1)
    );
}
