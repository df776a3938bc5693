// Makes the fonts that are embedded: from Noto Serif SC of npm @expo-google-fonts/noto-serif-sc 0.4.3 (OFL-1.1) it keeps
// the outlines that a character needs and drops the layout tables, which the press does not use.
//
//   npm install @expo-google-fonts/noto-serif-sc@0.4.3
//   node fonts.mjs node_modules/@expo-google-fonts/noto-serif-sc ../fonts
//
// Regular keeps every character of the font. Bold keeps GB 2312 and every character that is not Han.
import { readFileSync, writeFileSync, copyFileSync } from 'node:fs'
import { join } from 'node:path'

const [from, to] = process.argv.slice(2)
if (!to) throw new Error('usage: node fonts.mjs PACKAGE_FOLDER FONTS_FOLDER')

const gb2312 = new Set()
const decoder = new TextDecoder('gbk')
for (let row = 0xa1; row <= 0xf7; row++) {
  for (let cell = 0xa1; cell <= 0xfe; cell++) gb2312.add(decoder.decode(Uint8Array.of(row, cell)).codePointAt(0))
}
const isHan = c => /\p{Script=Han}/u.test(String.fromCodePoint(c))

function tables(font) {
  const found = {}
  for (let i = 0; i < font.readUInt16BE(4); i++) {
    const at = 12 + 16 * i
    const start = font.readUInt32BE(at + 8)
    found[font.toString('latin1', at, at + 4)] = font.subarray(start, start + font.readUInt32BE(at + 12))
  }
  return found
}

function characters(cmap) {
  const map = new Map()
  for (let i = 0; i < cmap.readUInt16BE(2); i++) {
    const at = cmap.readUInt32BE(4 + 8 * i + 4)
    if (cmap.readUInt16BE(at) !== 12) continue
    for (let g = 0; g < cmap.readUInt32BE(at + 12); g++) {
      const first = cmap.readUInt32BE(at + 16 + 12 * g)
      const last = cmap.readUInt32BE(at + 20 + 12 * g)
      for (let c = first; c <= last; c++) map.set(c, cmap.readUInt32BE(at + 24 + 12 * g) + c - first)
    }
    return map
  }
  throw new Error('no cmap of format 12')
}

// glyph gives the bytes of a glyph, parts the glyphs that a composite one is made of.
function outlines(t) {
  const at = g => t.loca.readUInt32BE(4 * g)
  const glyph = g => t.glyf.subarray(at(g), at(g + 1))
  const parts = g => {
    const b = glyph(g)
    const found = []
    if (b.length < 10 || b.readInt16BE(0) >= 0) return found
    for (let p = 10; ;) {
      const flags = b.readUInt16BE(p)
      found.push([p + 2, b.readUInt16BE(p + 2)])
      p += 4 + (flags & 1 ? 4 : 2) + (flags & 8 ? 2 : flags & 0x40 ? 4 : flags & 0x80 ? 8 : 0)
      if (!(flags & 0x20)) return found
    }
  }
  return { glyph, parts }
}

function shrink(font, keep) {
  const t = tables(font)
  const map = [...characters(t.cmap)].filter(([c]) => keep(c)).sort((a, b) => a[0] - b[0])
  const { glyph, parts } = outlines(t)
  const number = new Map([[0, 0]])
  for (const [, g] of map) if (!number.has(g)) number.set(g, number.size)
  for (const g of number.keys()) for (const [, part] of parts(g)) if (!number.has(part)) number.set(part, number.size)

  const bodies = []
  const loca = Buffer.alloc(4 * (number.size + 1))
  const hmtx = Buffer.alloc(4 * number.size)
  const metrics = t.hhea.readUInt16BE(34)
  let length = 0
  for (const [g, n] of number) {
    const body = Buffer.from(glyph(g))
    for (const [p, part] of parts(g)) body.writeUInt16BE(number.get(part), p)
    const padded = Buffer.concat([body, Buffer.alloc((4 - body.length % 4) % 4)])
    bodies.push(padded)
    length += padded.length
    loca.writeUInt32BE(length, 4 * (n + 1))
    hmtx.writeUInt16BE(t.hmtx.readUInt16BE(4 * Math.min(g, metrics - 1)), 4 * n)
    hmtx.writeInt16BE(g < metrics ? t.hmtx.readInt16BE(4 * g + 2) : t.hmtx.readInt16BE(4 * metrics + 2 * (g - metrics)), 4 * n + 2)
  }
  const groups = []
  for (const [c, g] of map) {
    const n = number.get(g)
    const last = groups.at(-1)
    if (last && c === last[1] + 1 && n === last[2] + c - last[0]) last[1] = c
    else groups.push([c, c, n])
  }
  const cmap = Buffer.alloc(12 + 16 + 12 * groups.length)
  cmap.writeUInt16BE(1, 2)
  cmap.writeUInt16BE(3, 4)
  cmap.writeUInt16BE(10, 6)
  cmap.writeUInt32BE(12, 8)
  cmap.writeUInt16BE(12, 12)
  cmap.writeUInt32BE(16 + 12 * groups.length, 16)
  cmap.writeUInt32BE(groups.length, 24)
  groups.forEach((g, i) => g.forEach((v, k) => cmap.writeUInt32BE(v, 28 + 12 * i + 4 * k)))

  const maxp = Buffer.from(t.maxp)
  maxp.writeUInt16BE(number.size, 4)
  const hhea = Buffer.from(t.hhea)
  hhea.writeUInt16BE(number.size, 34)
  const out = { 'OS/2': t['OS/2'], cmap, glyf: Buffer.concat(bodies), head: Buffer.from(t.head), hhea, hmtx, loca, maxp, name: t.name, post: t.post, prep: t.prep }
  out.head.writeInt16BE(1, 50)
  return [write(out), map.length]
}

const sum = b => {
  let s = 0
  for (let i = 0; i < b.length; i += 4) s = (s + b.readUInt32BE(i)) >>> 0
  return s
}

function write(out) {
  const tags = Object.keys(out).sort()
  const head = Buffer.alloc(12 + 16 * tags.length)
  const power = 2 ** Math.floor(Math.log2(tags.length))
  head.writeUInt32BE(0x00010000, 0)
  head.writeUInt16BE(tags.length, 4)
  head.writeUInt16BE(power * 16, 6)
  head.writeUInt16BE(Math.log2(power), 8)
  head.writeUInt16BE((tags.length - power) * 16, 10)
  out.head.writeUInt32BE(0, 8)
  const bodies = []
  let at = head.length
  tags.forEach((tag, i) => {
    const padded = Buffer.concat([out[tag], Buffer.alloc((4 - out[tag].length % 4) % 4)])
    head.write(tag, 12 + 16 * i, 'latin1')
    head.writeUInt32BE(sum(padded), 16 + 16 * i)
    head.writeUInt32BE(at, 20 + 16 * i)
    head.writeUInt32BE(out[tag].length, 24 + 16 * i)
    bodies.push(padded)
    at += padded.length
  })
  return Buffer.concat([head, ...bodies])
}

for (const [folder, name, keep] of [
  ['400Regular', 'NotoSerifSC_400Regular.ttf', () => true],
  ['700Bold', 'NotoSerifSC_700Bold.ttf', c => !isHan(c) || gb2312.has(c)],
]) {
  const [font, count] = shrink(readFileSync(join(from, folder, name)), keep)
  writeFileSync(join(to, name), font)
  console.log(name, count, 'characters', font.length, 'bytes')
}
copyFileSync(join(from, 'LICENSE_FONT'), join(to, 'OFL.txt'))
