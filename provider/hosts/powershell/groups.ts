import type { DiskFact, GroupFact, GroupRelationshipFact, HostObservation, Unread } from "../../executor/host";
import type { ObserveAnswer } from "./answers";
import { type Jobs, jobOn } from "./jobsInFlight";
import { fold } from "./keyed";
import { type peerFinder, roleBy } from "./peers";
import { subsystemFinder } from "./subsystems";
import { saidIn } from "./synchronized";

type Groups = Pick<HostObservation, "groups" | "groupRelationships">;

/** What else the answer is joined by. */
interface Joins {
	readonly peersOf: ReturnType<typeof peerFinder>;
	readonly jobs: Jobs;
	readonly diskOfKey: (key: string | null) => DiskFact | undefined;
}

/** Groups of an answer; nothing where nobody has the class, or they were not asked for. */
export function groupsIn(answer: ObserveAnswer, joins: Joins): Groups & { readonly unread: readonly Unread[] } {
	const { groups: rows } = answer;
	if (rows === null) return { unread: [] };
	const subsystemOf = subsystemFinder(answer.subsystems, rows.holds ?? []);
	const groups = rows.listed.map(([objectId, uniqueId, friendlyName]): GroupFact => {
		const { subsystem, subsystemName, subsystemUniqueId } = subsystemOf(objectId ?? "", "");
		return {
			objectId: objectId ?? "",
			uniqueId: uniqueId ?? "",
			friendlyName: friendlyName ?? "",
			subsystem,
			subsystemName,
			subsystemUniqueId,
			// A disk that is not listed stays a member, by the id that names it: without it the group would look whole.
			members: (rows.members ?? []).flatMap(([group, disk]) =>
				fold(group ?? "") === fold(objectId ?? "") ? (joins.diskOfKey(disk)?.objectId ?? disk ?? "") : [],
			),
		};
	});
	const unread: Unread[] = [];
	const missing = (what: string, subsystem: string | null) =>
		unread.push({ hides: "groups", subsystem, what, remedy: "update the array's provider, or ask its vendor." });
	if (rows.members === null)
		missing("the members of groups are not listed: MSFT_ReplicationGroupToVirtualDisk is missing", null);
	if (rows.links === null)
		missing("the relationships of groups are not listed: MSFT_ReplicationGroupToReplicaPeer is missing", null);
	const groupRelationships = (rows.links ?? []).flatMap((link): GroupRelationshipFact[] => {
		const group = groups.find(({ objectId }) => fold(objectId) === fold(link[0] ?? ""));
		if (group === undefined) {
			missing("a relationship of a group that the host does not list", null);
			return [];
		}
		const peers = joins.peersOf(link, group);
		if (peers.length === 0)
			missing(
				`a relationship of the group ${group.friendlyName} with a peer that the host cannot read`,
				group.subsystem || null,
			);
		const [, , , , , , , ...state] = link;
		const [, , , , , , , consistencyState] = state;
		return peers.map((peer) => ({
			groupObjectId: group.objectId,
			groupUniqueId: group.uniqueId,
			peerUniqueId: peer.uniqueId,
			peerName: peer.name,
			peerSubsystem: peer.subsystem,
			hasReplicaPeer: peer.hasReplicaPeer,
			role: roleBy(peer),
			...saidIn(state),
			consistencyState,
			job: jobOn([group.objectId, group.uniqueId], peer.keys, joins.jobs),
		}));
	});
	return { groups, groupRelationships, unread };
}
