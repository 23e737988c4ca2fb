import { observeDiscovered } from "../executor/agreement";
import type { Clock } from "../executor/clock";
import type { Declared } from "../executor/declared";
import type { Hosts } from "../executor/hosts";
import { withJournal } from "../executor/journal";
import type { Freshness } from "../executor/readEnds";
import { reappearMs } from "../executor/reappearance";
import type { Sighting } from "../executor/sighting";
import { describeName, ends } from "../model/relationship";
import { ReplicationError } from "../model/replicationError";
import { isFailedOver } from "../planner/phase";
import { type Roles, rolesAt } from "./outputs";

/** A relationship that nobody here remembers, as it is: nothing is planned for it. */
export interface Found {
	readonly sighting: Sighting;
	readonly roles: Roles;
}

/**
 * Looks for a relationship. It is absent only if the host of each end was read and none lists it, also after the moment
 * for which one may be invisible when its roles were changed (SRDF). Silence is an error with the code of the silence:
 * told as "none" it would have somebody make the relationship again.
 */
export async function find(declared: Declared, hosts: Hosts, clock: Clock, freshness: Freshness): Promise<Found> {
	const first = await observe(freshness);
	if (first.observed.presence === "present") return foundAt(first);
	await clock.sleep(reappearMs);
	return foundAt(await observe("fresh"));

	async function observe(freshnessOfLook: Freshness): Promise<Sighting> {
		const sighting = await observeDiscovered(declared, hosts, freshnessOfLook);
		if (sighting.observed.presence === "absent") refuseSilence(sighting);
		return sighting;
	}

	function foundAt(sighting: Sighting): Found {
		const { direction, copyState } = sighting.observed;
		const failedOver = isFailedOver(withJournal(sighting.observed, null));
		const roles = rolesAt({ copyState: "Synchronized", direction }, declared.ends, failedOver);
		return { sighting, roles: { ...roles, copyState: describeName(copyState) } };
	}
}

function refuseSilence({ unread }: Sighting): void {
	const reasons = ends.flatMap((end) => unread[end] ?? []);
	const [first] = reasons;
	if (first === undefined) return;
	const what = [...new Set(reasons.map(({ facts }) => facts.what))].join(" ");
	throw new ReplicationError({ ...first.facts, what }, { cause: first });
}
