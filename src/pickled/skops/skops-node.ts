/** One node of a skops schema, with typed access to its fields and its path for messages. */
import { invalidFile } from '../invalid-file.ts';
import type { JsonObject, JsonValue } from '../json/read-json.ts';

/** A node: a JSON object with `__class__`, `__module__`, `__loader__` and what its loader needs. */
export class SkopsNode {
  readonly fields: JsonObject;
  readonly depth: number;
  readonly #parent: SkopsNode | null;
  readonly #step: string;

  private constructor(value: JsonValue | undefined, parent: SkopsNode | null, step: string) {
    this.#parent = parent;
    this.#step = step;
    this.depth = parent === null ? 0 : parent.depth + 1;
    if (!(value instanceof Map)) throw invalidFile('a node is not a JSON object', this.path());
    this.fields = value as JsonObject;
  }

  /** The node at the top. @throws MODEL_FILE_INVALID */
  static root(value: JsonValue): SkopsNode {
    return new SkopsNode(value, null, 'schema.json');
  }

  /** A node inside this one. @throws MODEL_FILE_INVALID when `value` is none */
  child(value: JsonValue | undefined, step: string): SkopsNode {
    return new SkopsNode(value, this, step);
  }

  /** The node in a field. @throws MODEL_FILE_INVALID */
  childAt(field: string): SkopsNode {
    return this.child(this.fields.get(field), field);
  }

  /** The nodes of a list in a field. @throws MODEL_FILE_INVALID */
  children(field: string): readonly SkopsNode[] {
    const list = this.fields.get(field);
    if (!Array.isArray(list)) throw invalidFile(`${field} is not a list`, this.path());
    return list.map((item: JsonValue, index) => this.child(item, String(index)));
  }

  /** An object in a field that is no node itself. @throws MODEL_FILE_INVALID */
  object(field: string): JsonObject {
    const value = this.fields.get(field);
    if (!(value instanceof Map)) throw invalidFile(`${field} is not an object`, this.path());
    return value as JsonObject;
  }

  /** A string in a field. @throws MODEL_FILE_INVALID */
  text(field: string): string {
    const value = this.fields.get(field);
    if (typeof value !== 'string') throw invalidFile(`${field} is not a string`, this.path());
    return value;
  }

  /** `module.Class`. @throws MODEL_FILE_INVALID */
  className(): string {
    return `${this.text('__module__')}.${this.text('__class__')}`;
  }

  /** Where the node stands: `schema.json.content.steps.0`. */
  path(): string {
    const step = this.#step.slice(0, 60);
    return this.#parent === null ? step : `${this.#parent.path()}.${step}`.slice(0, 300);
  }
}
