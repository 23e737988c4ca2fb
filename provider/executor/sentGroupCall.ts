import { createHash } from "node:crypto";
import { type GroupCall, groupMethods, type Membership } from "../planner/groupMembership";
import type { GroupSurroundings } from "./groupRunEvents";
import { noEffectMs } from "./hindrance";
import { cancelledInWait } from "./interruptedRun";
import { lookAtGroup } from "./lookAtGroup";
import { type DeclaredGroup, type GroupSight, memberIds } from "./oneGroup";

/** A call on a group whose end its run did not see: it was killed, or stopped. */
export interface SentGroupCall {
	readonly kind: GroupCall["kind"];
	/** What the group holds when it has had its effect (`membershipDigest`). */
	readonly leadsTo: string;
	readonly sentAt: string;
	/** Another resource sent it: it is waited for, and what it makes is not ours. */
	readonly isOthers?: boolean | undefined;
}

const pollMs = 1_000;

/** Disks of a group in their order, or that there is none. A digest, since their ids may be secret. */
export function membershipDigest(sight: Pick<GroupSight, "observation">, members: Membership): string {
	const ids = members === null ? null : memberIds(sight, members).map((id) => id.toLowerCase());
	return createHash("sha256").update(JSON.stringify(ids)).digest("hex").slice(0, 32);
}

/** It had its effect, as far as that can be seen. */
export function isAsSent({ leadsTo }: SentGroupCall, sight: GroupSight): boolean {
	return membershipDigest(sight, sight.members) === leadsTo;
}

/** It may be about to have it. */
export function mayComeYet({ sentAt }: SentGroupCall, nowMs: number): boolean {
	return nowMs < Date.parse(sentAt) + noEffectMs;
}

/**
 * The look that a plan may be made from. What was sent may only be about to show: a second CreateReplicationGroup would make a
 * second group of the name. So it gets the time that any call has, and then the array itself, no cache, is asked for it.
 */
export async function afterSentCall(
	declared: DeclaredGroup,
	sent: SentGroupCall | null,
	{ hosts, clock, signal, report }: Pick<GroupSurroundings, "hosts" | "clock" | "signal" | "report">,
): Promise<GroupSight> {
	const look = () => lookAtGroup(declared, hosts, "fresh");
	let sight = await look();
	if (sent === null || isAsSent(sent, sight)) return sight;
	const sinceMs = clock.monotonic();
	// A clock that was set back meanwhile makes it no longer.
	const leftMs = Math.min(noEffectMs, Date.parse(sent.sentAt) + noEffectMs - clock.now());
	const what = `${groupMethods[sent.kind]}, which the last run sent, to show its effect`;
	if (leftMs > 0) await report({ kind: "awaited", what, limitMs: leftMs });
	while (!isAsSent(sent, sight) && clock.monotonic() - sinceMs < leftMs) {
		if (signal?.aborted === true) throw cancelledInWait(what);
		await clock.sleep(pollMs, signal);
		sight = await look();
	}
	if (isAsSent(sent, sight)) return sight;
	await hosts.discoverArrays(declared.host, { anew: true });
	return look();
}
