/** Elements of an output as JSON text, or as the bytes of a binary tensor. */
import { formatPythonFloat } from '../../data/format-float.ts';
import { toFloat16Bits } from '../../data/float16.ts';
import { encodeFloats } from '../numeric/encode-floats.ts';
import type { NumericContent, OutputTensor, TextContent } from './output-tensor.ts';

/** The list `data`. NaN and the infinities are null, as MLServer writes them: JSON has none. */
export function writeJsonData(content: NumericContent | TextContent): string {
  if (content.datatype === 'BYTES') return `[${content.elements.map(textJson).join(',')}]`;
  const { vector } = content;
  switch (vector.dtype) {
    case 'float16':
    case 'float32':
    case 'float64':
      return `[${floatsJson(vector.values)}]`;
    case 'bool':
      return `[${Array.from(vector.values, (value) => value !== 0).join(',')}]`;
    default:
      return `[${vector.values.join(',')}]`;
  }
}

function floatsJson(values: Float32Array | Float64Array): string {
  if (values.every(Number.isFinite)) return values.length === 0 ? '' : encodeFloats(values);
  return Array.from(values, (value) =>
    Number.isFinite(value) ? formatPythonFloat(value) : 'null',
  ).join(',');
}

/** Texts keep what is beyond ASCII; bytes are base64. */
function textJson(element: TextContent['elements'][number]): string {
  if (element === null) return 'null';
  if (typeof element === 'string') return JSON.stringify(element);
  const bytes = Buffer.from(element.buffer, element.byteOffset, element.length);
  return `"${bytes.toString('base64')}"`;
}

/** The binary tensor; null where only JSON can say it: a missing text. */
export function writeBinaryData({ content }: OutputTensor): Uint8Array | null {
  if (content.datatype === 'BYTES') return packTexts(content.elements);
  const { vector } = content;
  const { buffer, byteOffset, byteLength } =
    vector.dtype === 'float16' ? toFloat16Bits(vector.values) : vector.values;
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function packTexts(elements: TextContent['elements']): Uint8Array | null {
  const parts: Uint8Array[] = [];
  for (const element of elements) {
    if (element === null) return null;
    const bytes = typeof element === 'string' ? Buffer.from(element, 'utf8') : element;
    const length = Buffer.alloc(4);
    length.writeUInt32LE(bytes.length);
    parts.push(length, bytes);
  }
  return Buffer.concat(parts);
}
