import type { Clock } from "../../provider/executor/clock";
import { type Hosts, readingError } from "../../provider/executor/hosts";
import { type HostStatus, readHostStatus } from "../../provider/hostStatus";
import type { LedgerRun } from "../../provider/ledger/runs";
import { errorCodes } from "../../provider/model/errorCodes";
import { ends } from "../../provider/model/relationship";
import { ReplicationError } from "../../provider/model/replicationError";
import { summaryOf, worstFirst, worstGroupFirst } from "./condition";
import type { Declaration } from "./declarations";
import { type Estate, estateVersion, type HostRead } from "./estate";
import { type GroupDeclaration, lookAtDeclaredGroup } from "./groups";
import { lookAtDeclaration } from "./look";
import { keysOf, relationshipsOn } from "./onHosts";
import { runReportOf } from "./runReports";

/** What an estate is read of. */
export interface EstateSources {
	readonly declarations: readonly Declaration[];
	readonly groups: readonly GroupDeclaration[];
	/** Hosts of which every relationship is wanted, declared or not. */
	readonly hostNames: readonly string[];
	/** Null: no ledger was given. */
	readonly runs: readonly LedgerRun[] | null;
	readonly lagLimitSeconds: number | null;
	readonly notes: readonly string[];
}

/**
 * Reads an estate anew: each host once, however many relationships it has, and all of them at the same time. What cannot
 * be read is part of the answer, never an absence.
 */
export async function readEstate(sources: EstateSources, hosts: Hosts, clock: Clock): Promise<Estate> {
	const { declarations, groups: declaredGroups, hostNames, runs, lagLimitSeconds, notes } = sources;
	const sinceMs = clock.monotonic();
	const others = hostsOf(declarations, declaredGroups).filter((name) => !hostNames.includes(name));
	const [listings] = await Promise.all([
		Promise.all(hostNames.map((name) => listedBy(name, hosts))),
		// Whoever looks at its relationships then shares this reading, or what it failed with.
		Promise.allSettled(others.map(async (name) => hosts.observeAfresh(name))),
	]);
	const around = { hosts, clock, runs: runs ?? [], lagLimitSeconds };
	const declared = await Promise.all(declarations.map((declaration) => lookAtDeclaration(declaration, around)));
	const groups = await Promise.all(declaredGroups.map((declaration) => lookAtDeclaredGroup(declaration, around)));
	groups.sort(worstGroupFirst);
	const known = new Set(declared.flatMap(keysOf));
	const undeclared = await relationshipsOn(
		listings.flatMap((listing) => (listing instanceof ReplicationError ? [] : [listing])),
		known,
		around,
	);
	const relationships = [...declared.map(({ relationship }) => relationship), ...undeclared].sort(worstFirst);
	const hostsRead = await Promise.all([
		...listings.map((listing, index) => {
			const name = hostNames[index] ?? "";
			return listing instanceof ReplicationError ? silent(name, listing, hosts) : hostRead(name, hosts);
		}),
		...others.map((name) => hostRead(name, hosts)),
	]);
	return {
		schemaVersion: estateVersion,
		readAt: new Date(clock.now()).toISOString(),
		readMs: Math.round(clock.monotonic() - sinceMs),
		hosts: hostsRead,
		relationships,
		groups,
		runs: runs === null ? null : runs.map(runReportOf),
		summary: summaryOf(relationships, groups, hostsRead),
		notes: [...notes],
	};
}

/** An end that is declared lost is not contacted, so neither is a host that has only such. */
function hostsOf(declarations: readonly Declaration[], groups: readonly GroupDeclaration[]): string[] {
	const names = [
		...declarations.flatMap(({ given }) =>
			given === null ? [] : ends.filter((end) => given.lost !== end).map((end) => given[end].host),
		),
		...groups.flatMap(({ given }) => given?.declared.host ?? []),
	];
	return [...new Set(names)];
}

/** What a host lists, or why it could not be read. A host that the command line names and nobody knows is a mistake. */
async function listedBy(name: string, hosts: Hosts): Promise<HostStatus | ReplicationError> {
	try {
		return await readHostStatus(hosts, name);
	} catch (error) {
		const known = readingError(name, error);
		if (known.code === errorCodes.unknownHost) throw known;
		return known;
	}
}

async function hostRead(name: string, hosts: Hosts): Promise<HostRead> {
	try {
		const { hostTime, disks, unread } = await hosts.observe(name);
		const parts = [...new Set(unread.map(({ what }) => what))];
		return { name, address: hosts.get(name).address, hostTime, disks: disks.length, error: null, unread: parts };
	} catch (error) {
		return silent(name, readingError(name, error), hosts);
	}
}

function silent(name: string, { message }: ReplicationError, hosts: Hosts): HostRead {
	return { name, address: addressOf(name, hosts), hostTime: null, disks: null, error: message, unread: [] };
}

/** Null: the configuration has no such host. */
function addressOf(name: string, hosts: Hosts): string | null {
	try {
		return hosts.get(name).address;
	} catch {
		return null;
	}
}
