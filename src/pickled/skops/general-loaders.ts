/** skops' loaders of Python's own types and of plain objects. Source: skops 0.16 io/_general.py, io/_sklearn.py, io/old. */
import { callGlobal, makeInstance } from '../call-global.ts';
import { invalidFile } from '../invalid-file.ts';
import { type JsonValue, readJson } from '../json/read-json.ts';
import {
  isPickled,
  type PickledDict,
  type PickledInstance,
  type PickledSequence,
  type PickledValue,
} from '../pickled-value.ts';
import { loadDict } from './load-dict.ts';
import type { SkopsNode } from './skops-node.ts';
import type { NodeLoader, SkopsReader } from './skops-reader.ts';

/** Loader name → what it makes. */
export const generalLoaders: readonly (readonly [string, NodeLoader])[] = [
  ['JsonNode', loadJson],
  ['DictNode', loadDict],
  ['DefaultDictNode', loadMainDict],
  ['_DictWithDeprecatedKeysNode', loadMainDict],
  ['ListNode', loadSequence],
  ['SetNode', loadSequence],
  ['TupleNode', loadSequence],
  ['BytesNode', (node, reader) => reader.archive.read(node.text('file'))],
  ['BytearrayNode', (node, reader) => reader.archive.read(node.text('file'))],
  ['SliceNode', loadSlice],
  ['FunctionNode', loadFunction],
  ['TypeNode', (node) => ({ kind: 'global', name: node.className() })],
  ['PartialNode', loadPartial],
  ['MethodNode', loadMethod],
  [
    'OperatorFuncNode',
    (node, reader) => callGlobal(node.className(), argumentsOf(node.childAt('attrs'), reader)),
  ],
  [
    'ConstructorFromReduceNode',
    (node, reader) => callGlobal(node.className(), argumentsOf(node.childAt('content'), reader)),
  ],
  ['ObjectNode', loadObject],
  ['TreeNode', loadReduced],
  ['LossNode', loadReduced],
  // Up to skops 0.10.
  ['SGDNode', loadReduced],
  ['QuantileForestNode', loadReduced],
  ['RandomStateNode', loadObject],
  ['RandomGeneratorNode', loadGenerator],
];

function loadJson(node: SkopsNode, reader: SkopsReader): PickledValue {
  return fromJson(readJson(node.text('content'), () => node.path(), reader.budget));
}

/** JSON as Python holds it. */
function fromJson(value: JsonValue): PickledValue {
  if (Array.isArray(value)) return { kind: 'list', items: value.map(fromJson) };
  if (value instanceof Map) return jsonDict(value as ReadonlyMap<string, JsonValue>);
  return value as PickledValue;
}

function jsonDict(value: ReadonlyMap<string, JsonValue>): PickledDict {
  const entries = new Map<PickledValue, PickledValue>();
  for (const [key, item] of value) entries.set(key, fromJson(item));
  return { kind: 'dict', className: 'builtins.dict', entries };
}

function loadMainDict(node: SkopsNode, reader: SkopsReader): PickledValue {
  const main = reader.read(node.child(node.object('content').get('main'), 'main'));
  if (!isPickled(main, 'dict')) throw invalidFile('a dict is missing', node.path());
  return { ...main, className: node.className() };
}

const sequenceKinds: Readonly<Record<string, PickledSequence['kind']>> = {
  ListNode: 'list',
  SetNode: 'set',
  TupleNode: 'tuple',
};

/** Subclasses are instances: a named tuple is given its items, another class a list of them. */
function loadSequence(node: SkopsNode, reader: SkopsReader): PickledValue {
  const kind = sequenceKinds[node.text('__loader__')] ?? 'list';
  const items = node.children('content').map((item) => reader.read(item));
  const className = node.className();
  if (className === `builtins.${kind}`) return { kind, items };
  return makeInstance(className, kind === 'tuple' ? items : [{ kind: 'list', items }]);
}

function loadSlice(node: SkopsNode): PickledValue {
  const content = node.object('content');
  const bounds = ['start', 'stop', 'step'].map((name) => fromJson(content.get(name) ?? null));
  return makeInstance('builtins.slice', bounds);
}

/** Protocol 0 kept the name inside of the content. */
function loadFunction(node: SkopsNode, reader: SkopsReader): PickledValue {
  if (reader.protocol > 0) return { kind: 'global', name: node.className() };
  const content = node.object('content');
  const module = content.get('module_path');
  const name = content.get('function');
  if (typeof module !== 'string' || typeof name !== 'string') {
    throw invalidFile('a function has no name', node.path());
  }
  return { kind: 'global', name: `${module}.${name}` };
}

/** As `functools.partial.__reduce__` pickles it. */
function loadPartial(node: SkopsNode, reader: SkopsReader): PickledValue {
  const content = node.object('content');
  const parts = ['func', 'args', 'kwds', 'namespace'].map((name) =>
    reader.read(node.child(content.get(name), name)),
  );
  return {
    ...makeInstance('functools.partial', parts.slice(0, 1)),
    state: { kind: 'tuple', items: parts },
  };
}

/** As a bound method is pickled: `getattr(object, name)`. */
function loadMethod(node: SkopsNode, reader: SkopsReader): PickledValue {
  const content = node.object('content');
  const owner = reader.read(node.child(content.get('obj'), 'obj'));
  const name = content.get('func');
  if (typeof name !== 'string') throw invalidFile('a method has no name', node.path());
  return makeInstance('builtins.getattr', [owner, name]);
}

function argumentsOf(node: SkopsNode, reader: SkopsReader): readonly PickledValue[] {
  const args = reader.read(node);
  if (!isPickled(args, 'tuple', 'list')) {
    throw invalidFile('arguments are not a tuple', node.path());
  }
  return args.items;
}

function loadObject(node: SkopsNode, reader: SkopsReader): PickledValue {
  return withState(makeInstance(node.className()), node, reader);
}

/** What `__reduce__` gave: arguments of the constructor, then the state. */
function loadReduced(node: SkopsNode, reader: SkopsReader): PickledValue {
  const reduced = node.childAt('__reduce__').childAt('args');
  return withState(makeInstance(node.className(), argumentsOf(reduced, reader)), node, reader);
}

function withState(
  instance: PickledInstance,
  node: SkopsNode,
  reader: SkopsReader,
): PickledInstance {
  if ((node.fields.get('content') ?? null) === null) return instance;
  const state = reader.read(node.childAt('content'));
  if (isPickled(state, 'dict')) return { ...instance, attributes: state.entries };
  return state === null ? instance : { ...instance, state };
}

/** Random generators: the states of their parts, which protocol 0 kept without nodes. */
function loadGenerator(node: SkopsNode, reader: SkopsReader): PickledValue {
  const attributes = new Map<PickledValue, PickledValue>();
  for (const [name, part] of node.object('content')) {
    attributes.set(
      name,
      reader.protocol > 0 ? reader.read(node.child(part, name)) : fromJson(part),
    );
  }
  return makeInstance(node.className(), [], attributes);
}
