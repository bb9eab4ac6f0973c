/** skops' dicts: values by their key as text, and beside them the type of each key. Source: skops 0.16 io/_general.py `DictNode`. */
import { invalidFile } from '../invalid-file.ts';
import { isPickled, type PickledValue } from '../pickled-value.ts';
import type { SkopsNode } from './skops-node.ts';
import type { SkopsReader } from './skops-reader.ts';

const digitLimit = 4300;
const floatText = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;
const numpyInteger = /^numpy\.(u?int(?:8|16|32|64))$/;
const numpyFloat = /^numpy\.(float(?:16|32|64))$/;

/** Reads a dict; as in Python, what has no partner among keys or key types is left out. */
export function loadDict(node: SkopsNode, reader: SkopsReader): PickledValue {
  const keyTypes = reader.read(node.childAt('key_types'));
  if (!isPickled(keyTypes, 'list', 'tuple'))
    throw invalidFile('key_types is not a list', node.path());
  const entries = new Map<PickledValue, PickledValue>();
  let index = 0;
  for (const [text, value] of node.object('content')) {
    const type = keyTypes.items[index];
    index += 1;
    const item = reader.read(node.child(value, text));
    if (type !== undefined) entries.set(readKey(text, type, node), item);
  }
  return { kind: 'dict', className: node.className(), entries };
}

/** What calling the type with the text gives. */
function readKey(text: string, type: PickledValue, node: SkopsNode): PickledValue {
  const name = isPickled(type, 'global') ? type.name : '';
  if (name === 'builtins.str' || name === 'numpy.str_') return text;
  if (name === 'builtins.bool' || name === 'numpy.bool' || name === 'numpy.bool_')
    return text !== '';
  if (name === 'builtins.int') return readInteger(text, node);
  if (name === 'builtins.float') return readFloat(text, node);
  const integer = numpyInteger.exec(name)?.[1];
  if (integer !== undefined) {
    return { kind: 'scalar', dtype: integer as 'int64', value: readInteger(text, node) };
  }
  const float = numpyFloat.exec(name)?.[1];
  if (float !== undefined) {
    return { kind: 'scalar', dtype: float as 'float64', value: readFloat(text, node) };
  }
  throw invalidFile(`a dict with keys of the type ${name.slice(0, 60)}`, node.path());
}

function readInteger(text: string, node: SkopsNode): bigint {
  if (text.length > digitLimit || !/^-?\d+$/.test(text)) {
    throw invalidFile('a key is not the integer it should be', node.path());
  }
  return BigInt(text);
}

function readFloat(text: string, node: SkopsNode): number {
  if (text === 'NaN' || text === 'nan') return Number.NaN;
  if (/^-?(?:Infinity|inf)$/.test(text)) {
    return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }
  if (!floatText.test(text)) throw invalidFile('a key is not the float it should be', node.path());
  return Number(text);
}
