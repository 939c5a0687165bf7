use super::*;

/// A value as a reader of the file sees it.
#[derive(Debug, PartialEq)]
enum Seen {
    Version(String),
    Scalar { step: u64, tag: String, value: f32 },
    Image { step: u64, tag: String, width: u64, height: u64, png: Vec<u8> },
}

/// A field of a message.
enum Field<'a> {
    Integer(u64),
    Fixed(&'a [u8]),
    Bytes(&'a [u8]),
}

fn varint(bytes: &mut &[u8]) -> u64 {
    let mut value = 0;
    for shift in (0..).step_by(7) {
        let byte = bytes[0];
        *bytes = &bytes[1..];
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            break;
        }
    }
    value
}

fn take<'a>(bytes: &mut &'a [u8], n: usize) -> &'a [u8] {
    let (head, tail) = bytes.split_at(n);
    *bytes = tail;
    head
}

fn fields(mut bytes: &[u8]) -> Vec<(u64, Field<'_>)> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let key = varint(&mut bytes);
        let field = match key & 7 {
            0 => Field::Integer(varint(&mut bytes)),
            1 => Field::Fixed(take(&mut bytes, 8)),
            2 => {
                let n = varint(&mut bytes) as usize;
                Field::Bytes(take(&mut bytes, n))
            }
            5 => Field::Fixed(take(&mut bytes, 4)),
            wire => panic!("wire type {wire}"),
        };
        found.push((key >> 3, field));
    }
    found
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn image(step: u64, tag: String, bytes: &[u8]) -> Seen {
    let (mut width, mut height, mut png) = (0, 0, Vec::new());
    for field in fields(bytes) {
        match field {
            (1, Field::Integer(value)) => height = value,
            (2, Field::Integer(value)) => width = value,
            (3, Field::Integer(colorspace)) => assert_eq!(colorspace, 3),
            (4, Field::Bytes(bytes)) => png = bytes.to_vec(),
            (field, _) => panic!("image field {field}"),
        }
    }
    Seen::Image { step, tag, width, height, png }
}

/// Reads a file by the rules alone, every checksum included.
fn read(mut file: &[u8]) -> Vec<Seen> {
    let mut seen = Vec::new();
    while !file.is_empty() {
        let length = take(&mut file, 8);
        let number = |bytes: &[u8]| u32::from_le_bytes(bytes.try_into().unwrap());
        assert_eq!(number(take(&mut file, 4)), masked_crc32c(length), "checksum of the length");
        let n = u64::from_le_bytes(length.try_into().unwrap()) as usize;
        let data = take(&mut file, n);
        assert_eq!(number(take(&mut file, 4)), masked_crc32c(data), "checksum of the data");
        let mut step = 0;
        for field in fields(data) {
            match field {
                (1, Field::Fixed(time)) => assert_eq!(time.len(), 8),
                (2, Field::Integer(value)) => step = value,
                (3, Field::Bytes(version)) => seen.push(Seen::Version(text(version))),
                (5, Field::Bytes(summary)) => values(step, summary, &mut seen),
                (field, _) => panic!("event field {field}"),
            }
        }
    }
    seen
}

fn values(step: u64, summary: &[u8], seen: &mut Vec<Seen>) {
    for (field, value) in fields(summary) {
        let (1, Field::Bytes(value)) = (field, value) else { panic!("summary field {field}") };
        let mut tag = String::new();
        for field in fields(value) {
            match field {
                (1, Field::Bytes(bytes)) => tag = text(bytes),
                (2, Field::Fixed(bytes)) => {
                    let value = f32::from_le_bytes(bytes.try_into().unwrap());
                    seen.push(Seen::Scalar { step, tag: tag.clone(), value });
                }
                (4, Field::Bytes(bytes)) => seen.push(image(step, tag.clone(), bytes)),
                (field, _) => panic!("value field {field}"),
            }
        }
    }
}

#[test]
fn the_checksum_is_castagnolis() {
    // The check value of CRC-32C, and 32 zero bytes of RFC 3720, both masked.
    let masked = |crc: u32| crc.rotate_right(15).wrapping_add(0xa282_ead8);
    assert_eq!(masked_crc32c(b"123456789"), masked(0xe306_9283));
    assert_eq!(masked_crc32c(&[0; 32]), masked(0x8a91_36aa));
}

#[test]
fn a_reader_finds_what_was_written() {
    let mut file = Vec::new();
    let mut writer = EventWriter::new(&mut file, 1.7e9).unwrap();
    writer.scalars(1.7e9, 3, &[("cost/proxy", 0.75), ("losses/entropy", 2.5)]).unwrap();
    let png = vec![7; 300];
    let picture = Image { width: 640, height: 200, png: &png };
    writer.image(1.7e9, 300, "placement/best", &picture).unwrap();
    let mut writer = EventWriter::append(&mut file);
    writer.scalars(1.7e9, 1 << 40, &[("cost/proxy", 0.5)]).unwrap();
    writer.flush().unwrap();
    let scalar = |step, tag: &str, value| Seen::Scalar { step, tag: tag.into(), value };
    let expected = [
        Seen::Version("brain.Event:2".into()),
        scalar(3, "cost/proxy", 0.75),
        scalar(3, "losses/entropy", 2.5),
        Seen::Image { step: 300, tag: "placement/best".into(), width: 640, height: 200, png },
        scalar(1 << 40, "cost/proxy", 0.5),
    ];
    assert_eq!(read(&file), expected);
}

/// The first record of a file at time 0, byte for byte.
#[test]
fn the_first_record_is_the_one_tensorflow_writes() {
    let mut file = Vec::new();
    EventWriter::new(&mut file, 0.0).unwrap();
    let mut data = vec![0x09, 0, 0, 0, 0, 0, 0, 0, 0, 0x1a, 0x0d];
    data.extend(b"brain.Event:2");
    assert_eq!(file[..8], 24_u64.to_le_bytes());
    assert_eq!(file[12..36], data);
    assert_eq!(file.len(), 40);
}
