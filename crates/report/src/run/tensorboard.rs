//! TensorBoard's event files: records with checksums around small protobuf messages.
//!
//! Source: TensorFlow `lib/io/record_writer`, `core/util/event.proto`, `framework/summary.proto`.
//! A record is the length of its data (`u64`, little-endian), the masked CRC-32C of these eight bytes,
//! the data, and the masked CRC-32C of the data.

use std::io::{self, Write};

/// CRC-32C (Castagnoli) of each byte, reflected.
const TABLE: [u32; 256] = table();

const fn table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut crc = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0x82f6_3b78 } else { crc >> 1 };
            bit += 1;
        }
        table[byte] = crc;
        byte += 1;
    }
    table
}

/// The checksum of records: CRC-32C, rotated and shifted so that checksums of data that holds
/// checksums are of use.
pub fn masked_crc32c(bytes: &[u8]) -> u32 {
    let step = |crc: u32, &byte: &u8| crc >> 8 ^ TABLE[((crc ^ u32::from(byte)) & 0xff) as usize];
    let crc = !bytes.iter().fold(!0, step);
    crc.rotate_right(15).wrapping_add(0xa282_ead8)
}

/// A message of protocol buffers under construction.
#[derive(Default)]
struct Message(Vec<u8>);

impl Message {
    const VARINT: u64 = 0;
    const FIXED_64: u64 = 1;
    const BYTES: u64 = 2;
    const FIXED_32: u64 = 5;

    fn varint(&mut self, mut value: u64) {
        while value > 0x7f {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }

    fn key(&mut self, field: u64, wire: u64) {
        self.varint(field << 3 | wire);
    }

    fn integer(&mut self, field: u64, value: u64) {
        self.key(field, Self::VARINT);
        self.varint(value);
    }

    fn double(&mut self, field: u64, value: f64) {
        self.key(field, Self::FIXED_64);
        self.0.extend(value.to_le_bytes());
    }

    fn float(&mut self, field: u64, value: f32) {
        self.key(field, Self::FIXED_32);
        self.0.extend(value.to_le_bytes());
    }

    fn bytes(&mut self, field: u64, value: &[u8]) {
        self.key(field, Self::BYTES);
        self.varint(value.len() as u64);
        self.0.extend(value);
    }
}

/// A picture for TensorBoard.
#[derive(Clone, Copy, Debug)]
pub struct Image<'a> {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// The PNG file.
    pub png: &'a [u8],
}

/// Writes an event file.
#[derive(Debug)]
pub struct EventWriter<W> {
    out: W,
}

impl<W: Write> EventWriter<W> {
    /// Begins a file; `wall_time` is in seconds since 1970.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn new(out: W, wall_time: f64) -> io::Result<Self> {
        let mut writer = Self { out };
        let mut event = Message::default();
        event.double(1, wall_time);
        event.bytes(3, b"brain.Event:2");
        writer.record(&event.0)?;
        Ok(writer)
    }

    /// Goes on with a file that has been begun.
    pub fn append(out: W) -> Self {
        Self { out }
    }

    /// Adds the values of one step under their tags.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn scalars(&mut self, wall_time: f64, step: u64, values: &[(&str, f64)]) -> io::Result<()> {
        let mut summary = Message::default();
        for &(tag, number) in values {
            let mut value = Message::default();
            value.bytes(1, tag.as_bytes());
            value.float(2, number as f32);
            summary.bytes(1, &value.0);
        }
        self.event(wall_time, step, &summary)
    }

    /// Adds a picture.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn image(
        &mut self,
        wall_time: f64,
        step: u64,
        tag: &str,
        picture: &Image<'_>,
    ) -> io::Result<()> {
        /// TensorFlow's code for red, green, blue.
        const RGB: u64 = 3;
        let mut image = Message::default();
        image.integer(1, u64::from(picture.height));
        image.integer(2, u64::from(picture.width));
        image.integer(3, RGB);
        image.bytes(4, picture.png);
        let (mut value, mut summary) = (Message::default(), Message::default());
        value.bytes(1, tag.as_bytes());
        value.bytes(4, &image.0);
        summary.bytes(1, &value.0);
        self.event(wall_time, step, &summary)
    }

    /// Makes everything written so far visible to readers.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    fn event(&mut self, wall_time: f64, step: u64, summary: &Message) -> io::Result<()> {
        let mut event = Message::default();
        event.double(1, wall_time);
        event.integer(2, step);
        event.bytes(5, &summary.0);
        self.record(&event.0)
    }

    /// In one write, so that a reader or a crash meets whole records as far as possible.
    fn record(&mut self, data: &[u8]) -> io::Result<()> {
        let length = (data.len() as u64).to_le_bytes();
        let mut record = Vec::with_capacity(data.len() + 16);
        record.extend(length);
        record.extend(masked_crc32c(&length).to_le_bytes());
        record.extend(data);
        record.extend(masked_crc32c(data).to_le_bytes());
        self.out.write_all(&record)
    }
}

#[cfg(test)]
mod tests;
