/** Requests that wait to be merged, grouped by layout. */
import type { MergeMember } from './merge-member.ts';
import { haveSameLayout } from './mergeable-input.ts';

/** Options of {@link MergeGroups}. */
export interface MergeGroupOptions {
  readonly maxRows: number;
  readonly maxWaitMs: number;
}

/** Members of one layout, each with what to do when it is taken or leaves. */
interface Group {
  readonly members: Map<MergeMember, () => void>;
  rowCount: number;
}

/** Groups of members; in a group the order is that in which they came. */
export class MergeGroups {
  readonly #maxRows: number;
  readonly #maxWaitMs: number;
  readonly #groups = new Set<Group>();

  constructor({ maxRows, maxWaitMs }: MergeGroupOptions) {
    this.#maxRows = maxRows;
    this.#maxWaitMs = maxWaitMs;
  }

  /** Groups that have a member. */
  get size(): number {
    return this.#groups.size;
  }

  /** Adds a member; `onGone` is called once, when it is taken or removed. Returns how to remove it. */
  add(member: MergeMember, onGone: () => void): () => void {
    const group = this.#groupOf(member);
    group.members.set(member, onGone);
    group.rowCount += member.rowCount;
    return () => this.#remove(group, member);
  }

  /** How many groups need not wait for further members. */
  countRipe(now: number): number {
    if (this.#maxWaitMs === 0) return this.#groups.size;
    return [...this.#groups].filter((group) => this.#ripeIn(group, now) === 0).length;
  }

  /** Milliseconds until the next group is ripe; null without groups. */
  untilRipe(now: number): number | null {
    const delays = [...this.#groups].map((group) => this.#ripeIn(group, now));
    return delays.length === 0 ? null : Math.min(...delays);
  }

  /** Takes from the group that has waited longest as many as may go together, `most` at most. */
  take(now: number, most: number): readonly MergeMember[] {
    const ripe = [...this.#groups].filter((group) => this.#ripeIn(group, now) === 0);
    const [oldest] = ripe.toSorted((a, b) => sinceOf(a) - sinceOf(b));
    if (oldest === undefined) return [];
    const taken: MergeMember[] = [];
    let rowCount = 0;
    for (const member of oldest.members.keys()) {
      if (taken.length >= most) break;
      if (taken.length > 0 && rowCount + member.rowCount > this.#maxRows) break;
      taken.push(member);
      rowCount += member.rowCount;
    }
    for (const member of taken) this.#remove(oldest, member);
    return taken;
  }

  /** Takes everybody. */
  takeAll(): readonly MergeMember[] {
    const all = [...this.#groups].flatMap((group) => [...group.members.keys()]);
    for (const group of this.#groups) for (const onGone of group.members.values()) onGone();
    this.#groups.clear();
    return all;
  }

  #groupOf(member: MergeMember): Group {
    for (const group of this.#groups) {
      const [sample] = group.members.keys();
      if (sample !== undefined && haveSameLayout(sample.input, member.input)) return group;
    }
    const group: Group = { members: new Map(), rowCount: 0 };
    this.#groups.add(group);
    return group;
  }

  #remove(group: Group, member: MergeMember): void {
    const onGone = group.members.get(member);
    if (onGone === undefined) return;
    group.members.delete(member);
    group.rowCount -= member.rowCount;
    if (group.members.size === 0) this.#groups.delete(group);
    onGone();
  }

  #ripeIn(group: Group, now: number): number {
    if (group.rowCount >= this.#maxRows) return 0;
    return Math.max(0, sinceOf(group) + this.#maxWaitMs - now);
  }
}

function sinceOf({ members }: Group): number {
  const [first] = members.keys();
  return first?.sinceMs ?? 0;
}
