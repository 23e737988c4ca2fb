import { errorCodes } from "../model/errorCodes";
import { type End, ends } from "../model/relationship";
import { ReplicationError } from "../model/replicationError";
import { returnCode } from "../model/returnCodes";
import { type Declared, isOfGroups } from "./declared";
import { mayBeOn } from "./disks";
import type { Hosts } from "./hosts";
import type { Outlook } from "./outlook";
import { notToBeTold } from "./partlyRead";
import type { Request } from "./request";
import { renewTheCache } from "./undiscovered";

/**
 * Looks at what the arrays hold now. Windows answers from a cache that may be as old as its last discovery (docs/hosts.md),
 * and a role that moves on an old Synchronized overwrites what was written since: both disks are discovered first, then
 * their arrays where that showed something else or no provider says that it keeps its cache up to date by itself.
 */
export async function lookAtArrays(
	before: Outlook,
	{ declared }: Request,
	hosts: Hosts,
	look: () => Promise<Outlook>,
): Promise<Outlook> {
	const asked = discoveringEnds(declared, hosts);
	if (asked.length === 0) return look();
	// A Discover of a group's disks one by one costs more than one of their array.
	const discovered = isOfGroups(declared)
		? [{ automatic: false, severalProviders: false }]
		: await Promise.all(asked.map((end) => discoverDisk(end, before, declared, hosts)));
	if (discovered.every(({ automatic }) => automatic)) {
		// One of several providers may list the disk only when it has discovered the array, and know better of it.
		const shared = asked.filter((_, index) => discovered[index]?.severalProviders === true);
		await Promise.all(shared.map((end) => hosts.discoverArrays(declared.ends[end].host)));
		for (const end of shared) refuseUndiscovered(end, before, declared, hosts);
		const seen = await look();
		if (isSameState(before, seen)) return seen;
	}
	const names = [...new Set(asked.map((end) => declared.ends[end].host))];
	await Promise.all(names.map((name) => hosts.discoverArrays(name, { anew: true })));
	for (const end of asked) refuseUndiscovered(end, before, declared, hosts);
	return look();
}

/** What a Discover of both disks leaves to doubt, for a wait: whatever cannot be discovered is looked at as it is. */
export interface DisksDiscovered {
	/** Hosts that answered. */
	readonly hosts: readonly string[];
	/** Every provider says that its cache is up to date. */
	readonly automatic: boolean;
}

export async function discoverDisks(before: Outlook, { declared }: Request, hosts: Hosts): Promise<DisksDiscovered> {
	const asked = discoveringEnds(declared, hosts);
	const names = (ends: readonly End[]) => [...new Set(ends.map((end) => declared.ends[end].host))];
	if (isOfGroups(declared)) return { hosts: names(asked), automatic: false };
	const answers = await Promise.allSettled(asked.map((end) => discoverDisk(end, before, declared, hosts)));
	const answered = asked.filter((_, index) => answers[index]?.status === "fulfilled");
	return {
		hosts: names(answered),
		automatic: answers.every((answer) => answer.status === "rejected" || answer.value.automatic),
	};
}

function discoveringEnds(declared: Declared, hosts: Hosts): readonly End[] {
	return ends.filter((end) => declared.lost !== end && hosts.discovers(declared.ends[end].host) !== "never");
}

/** Neither the disk alone nor its array was discovered to the end: its state may be as old as it likes. */
function refuseUndiscovered(end: End, { sighting }: Outlook, declared: Declared, hosts: Hosts): void {
	const disk = sighting.disks[end];
	if (disk === null) return;
	const part = hosts
		.undiscovered(declared.ends[end].host)
		.find((each) => "subsystem" in each && mayBeOn(disk, each.subsystem));
	if (part !== undefined) throw notToBeTold(end, declared, part, "whether its state is the array's");
}

interface DiskDiscovered {
	/** It was, at a host whose providers keep their caches up to date. */
	readonly automatic: boolean;
	readonly severalProviders: boolean;
}

async function discoverDisk(
	end: End,
	{ sighting }: Outlook,
	declared: Declared,
	hosts: Hosts,
): Promise<DiskDiscovered> {
	const { host } = declared.ends[end];
	const disk = sighting.disks[end];
	if (disk === null || sighting.unread[end] !== null) return { automatic: true, severalProviders: false };
	const { returnCode: code, cacheIsAutomatic, severalProviders, message } = await hosts.discover(host, disk.objectId);
	const meaning = returnCode(code);
	switch (meaning.class) {
		case "success":
			return { automatic: cacheIsAutomatic === true, severalProviders };
		// Its job did not end well, or nobody knows it.
		case "job":
		// Some providers discover arrays only.
		case "refused":
		case "staleCache":
		case "wrongPlace":
			return { automatic: false, severalProviders };
		case "unknown":
		case "retryable":
		case "authorization":
			throw new ReplicationError({
				code: errorCodes.hostUnreachable,
				class: "transport",
				what: `host ${host} could not refresh what it knows of the ${end}: Discover answered ${code}, ${meaning.wording}${message === null ? "" : ` (${message})`}. Nothing is sent on a state that may be old.`,
				dataSafety: "the operation was not sent.",
				remedy: renewTheCache,
			});
		default:
			return meaning.class satisfies never;
	}
}

export function isSameState({ situation: before }: Outlook, { situation: seen }: Outlook): boolean {
	const [one, other] = [before.observed, seen.observed];
	return (
		one.presence === other.presence &&
		one.copyState === other.copyState &&
		one.progressStatus === other.progressStatus &&
		one.direction === other.direction
	);
}
