import { isSlipwayError } from '../../errors/slipway-error.ts';
import { type GroupMember, joinGroup } from './group-member.ts';
import { openSiblingLink } from './sibling-link.ts';

/** Runs one of several serving processes: what ends it is told to its supervisor, who tells the user once. */
export async function serveAsSibling(
  serve: (group: GroupMember) => Promise<number>,
): Promise<number> {
  const siblings = openSiblingLink();
  try {
    const group = await joinGroup(siblings);
    return group === null ? 0 : await serve(group);
  } catch (error) {
    siblings.fail(error);
    if (!isSlipwayError(error)) throw error;
    return 1;
  } finally {
    siblings.close();
  }
}
