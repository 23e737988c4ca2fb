import type { Unread } from "../../executor/host";
import { undiscovered } from "../../executor/undiscovered";
import type { ObserveAnswer, UnreadClass } from "./answers";
import { describeException, remedyFor } from "./callErrors";

/** What a class tells of. Of the classes that only name arrays nothing hangs but capabilities, whose question fails then. */
const hides: Readonly<Record<string, "disks" | "relationships" | "jobs" | "groups">> = {
	MSFT_VirtualDisk: "disks",
	MSFT_VirtualDiskToReplicaPeer: "relationships",
	MSFT_ReplicaPeer: "relationships",
	MSFT_VirtualDiskToVirtualDisk: "relationships",
	MSFT_StorageJob: "jobs",
	MSFT_StorageJobToAffectedStorageObject: "jobs",
	MSFT_ReplicationGroup: "groups",
	MSFT_ReplicationGroupToVirtualDisk: "groups",
	MSFT_ReplicationGroupToReplicaPeer: "groups",
};

/** Errors that came beside the rows, each with the one array that it is about, where it names one. */
export function unreadIn({ unread, subsystems }: ObserveAnswer): Unread[] {
	return [...subsystems.flatMap(notDiscovered), ...unread.flatMap((failure) => unreadBy(failure, subsystems))];
}

/**
 * The cache level from which virtual disks are known: below it a list without them says nothing (windows-driver-docs,
 * msft-storagesubsystem). That links are known no level says.
 */
const levelOfDisks = 2;

function notDiscovered([, , friendlyName, name, level]: ObserveAnswer["subsystems"][number]): Unread[] {
	if (level === null || level >= levelOfDisks) return [];
	return [...undiscovered(friendlyName ?? name, `CurrentCacheLevel ${level}.`)];
}

function unreadBy(failure: UnreadClass, subsystems: ObserveAnswer["subsystems"]): Unread[] {
	const hidden = hides[failure.className];
	if (hidden === undefined) return [];
	const subsystem = subsystemIn(failure, subsystems);
	const of = subsystem === null ? "" : ` of ${subsystem}`;
	return [
		{
			hides: hidden,
			subsystem,
			what: `not all ${hidden}${of} could be read: ${describeException(failure)}`,
			remedy: remedyFor(failure),
		},
	];
}

/**
 * The array that an error names: where it says what it comes from, else in its text, by the names and ids that this host
 * lists arrays by. Two, or none: then it may be about any of them.
 */
function subsystemIn({ source, message, detail }: UnreadClass, subsystems: ObserveAnswer["subsystems"]): string | null {
	for (const text of [source, `${message} ${detail ?? ""}`]) {
		const named = subsystems.filter((row) => row.some((name) => typeof name === "string" && isNamedIn(text, name)));
		const [, , friendlyName, name] = named[0] ?? [];
		if (named.length === 1) return friendlyName ?? name ?? null;
	}
	return null;
}

/** As a word of its own: "Array 1" is not named by "Array 10". */
export function isNamedIn(text: string, name: string): boolean {
	if (name.length < 3) return false;
	const [whole, part] = [text.toLowerCase(), name.toLowerCase()];
	for (let at = whole.indexOf(part); at !== -1; at = whole.indexOf(part, at + 1)) {
		if (!isWordy(whole[at - 1]) && !isWordy(whole[at + part.length])) return true;
	}
	return false;
}

function isWordy(character: string | undefined): boolean {
	return character !== undefined && /[\p{L}\p{N}_-]/u.test(character);
}
