import { errorCodes } from "../model/errorCodes";
import { type End, ends } from "../model/relationship";
import { ReplicationError } from "../model/replicationError";
import { returnCode } from "../model/returnCodes";
import type { Hosts } from "./hosts";
import type { Outlook, Request } from "./outlook";

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
	const asked = ends.filter((end) => declared.lost !== end && hosts.discovers(declared.ends[end].host) !== "never");
	if (asked.length === 0) return look();
	const kept = await Promise.all(
		asked.map((end) => discoverDisk(end, before, { hosts, host: declared.ends[end].host })),
	);
	const seen = await look();
	if (kept.every((isKept) => isKept) && isSameState(before, seen)) return seen;
	const names = [...new Set(asked.map((end) => declared.ends[end].host))];
	await Promise.all(names.map((name) => hosts.discoverArrays(name, { anew: true })));
	return look();
}

/** For a wait: whatever cannot be discovered is looked at as it is. */
export async function discoverDisks(before: Outlook, { declared }: Request, hosts: Hosts): Promise<void> {
	const asked = ends.filter((end) => declared.lost !== end && hosts.discovers(declared.ends[end].host) !== "never");
	await Promise.allSettled(asked.map((end) => discoverDisk(end, before, { hosts, host: declared.ends[end].host })));
}

/** Whether the disk was discovered, at a host whose providers keep their caches up to date. */
async function discoverDisk(
	end: End,
	{ sighting }: Outlook,
	{ hosts, host }: { readonly hosts: Hosts; readonly host: string },
): Promise<boolean> {
	const disk = sighting.disks[end];
	if (disk === null || sighting.unread[end] !== null) return true;
	const { returnCode: code, cacheIsAutomatic, message } = await hosts.discover(host, disk.objectId);
	const meaning = returnCode(code);
	switch (meaning.class) {
		case "success":
		case "job":
			return cacheIsAutomatic === true;
		// Some providers discover arrays only.
		case "refused":
		case "staleCache":
		case "wrongPlace":
			return false;
		case "unknown":
		case "retryable":
		case "authorization":
			throw new ReplicationError({
				code: errorCodes.hostUnreachable,
				class: "transport",
				what: `host ${host} could not refresh what it knows of the ${end}: Discover answered ${code}, ${meaning.wording}${message === null ? "" : ` (${message})`}. Roles are not moved on a state that may be old.`,
				dataSafety: "the operation was not sent.",
				remedy:
					"run Update-StorageProviderCache -DiscoveryLevel Full on that host and run again; where its provider cannot discover, set discover: never for the host.",
			});
		default:
			return meaning.class satisfies never;
	}
}

function isSameState({ situation: before }: Outlook, { situation: seen }: Outlook): boolean {
	const [one, other] = [before.observed, seen.observed];
	return (
		one.presence === other.presence &&
		one.copyState === other.copyState &&
		one.progressStatus === other.progressStatus &&
		one.direction === other.direction
	);
}
