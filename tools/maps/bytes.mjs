// A growing buffer with the two number codings that both assets use.
export class Bytes {
  #data = [];

  byte(value) { this.#data.push(value & 0xff); return this; }

  text(ascii) { for (const c of ascii) { this.byte(c.charCodeAt(0)); } return this; }

  // Unsigned LEB128.
  varint(value) {
    if (!Number.isInteger(value) || value < 0) { throw new Error(`not an unsigned integer: ${value}`); }
    for (; value > 0x7f; value = Math.floor(value / 128)) { this.byte((value % 128) | 0x80); }
    return this.byte(value);
  }

  // Signed numbers interleaved, so that small ones stay small whatever their sign: 0, -1, 1, -2, …
  zigzag(value) { return this.varint(value >= 0 ? value * 2 : (-value * 2) - 1); }

  toBuffer() { return Buffer.from(this.#data); }
}
