// A site's own array, by `.github/workflows/windows-array.yml` or by hand. SOURCE and TARGET are `host:disk`, HOSTS_JSON is
// the configuration of the hosts. Reads, discovers, reads again. Only with CHANGES=yes are operations sent, to this pair.
import { resolve } from "node:path";
import { systemClock } from "../../provider/executor/clock";
import type { TransitionEvent } from "../../provider/executor/events";
import type { RelationshipFact } from "../../provider/executor/host";
import { type ConnectHost, Hosts } from "../../provider/executor/hosts";
import { lookAt } from "../../provider/executor/outlook";
import type { RelationshipRecord } from "../../provider/executor/record";
import type { Request } from "../../provider/executor/request";
import { runTransition } from "../../provider/executor/transition";
import { TransitionStopped } from "../../provider/executor/transitionEnd";
import { wishFor } from "../../provider/executor/wish";
import { connectHosts, readHostsConfig } from "../../provider/hosts/hostsConfig";
import type { Desired } from "../../provider/planner/situation";
import { Transcript } from "./transcript";

interface End {
	readonly host: string;
	readonly virtualDisk: string;
}

export interface ScratchPair {
	readonly source: End;
	readonly target: End;
	/** Whether operations may be sent to it. */
	readonly changes: boolean;
}

/** From the environment; anything but `yes` is no. */
export function scratchPair(env: NodeJS.ProcessEnv): ScratchPair {
	return { source: endOf(env, "SOURCE"), target: endOf(env, "TARGET"), changes: env.CHANGES === "yes" };
}

function endOf(env: NodeJS.ProcessEnv, name: string): End {
	const [, host, virtualDisk] = /^([^:]+):(.+)$/.exec(env[name] ?? "") ?? [];
	if (host === undefined || virtualDisk === undefined) throw new Error(`${name} is no host:disk`);
	return { host, virtualDisk };
}

/** What the states are that the pair is taken through: each a different operation, and back. */
const journey: readonly Desired["state"][] = ["suspended", "active", "split", "active", "reversed", "active"];

export async function checkArray(pair: ScratchPair, connect: ConnectHost, transcript: Transcript): Promise<void> {
	const related = await readAndDiscover(pair, connect, transcript);
	if (!pair.changes) return;
	// Without one the first operation would be CreateReplica, which overwrites whatever the target is.
	transcript.expect("the pair is related before anything is sent", related);
	if (related) await changeAndBack(pair, connect, transcript);
}

/** Whether the relationship of the pair is listed by its source's host, after a Discover. */
async function readAndDiscover({ source, target }: ScratchPair, connect: ConnectHost, transcript: Transcript) {
	let related = false;
	for (const name of new Set([source.host, target.host])) {
		const host = connect(name);
		try {
			const before = await host.observe();
			transcript.note(`${name}: as the cache has it`, before);
			transcript.note(`${name}: what could not be discovered`, await host.discoverArrays());
			const after = await host.observe();
			transcript.note(`${name}: after Discover`, after);
			transcript.expect(`${name}: is read`, after.disks.length > 0, after.unread);
			if (name !== source.host) continue;
			const disk = after.disks.find((each) => [each.friendlyName, each.uniqueId].includes(source.virtualDisk));
			const isOurs = ({ diskObjectId, peerName, peerUniqueId }: RelationshipFact) =>
				diskObjectId === disk?.objectId && [peerName, peerUniqueId].includes(target.virtualDisk);
			related = after.relationships.some(isOurs);
		} catch (error) {
			transcript.expect(`${name}: is read`, false, String(error));
		} finally {
			await host.close();
		}
	}
	return related;
}

/** One state after the other; the first that is not reached ends it. */
async function changeAndBack({ source, target }: ScratchPair, connect: ConnectHost, transcript: Transcript) {
	const hosts = new Hosts(connect, systemClock);
	const declared = { ends: { source, target }, lost: null, knownIds: { source: null, target: null } };
	let record: RelationshipRecord | null = null;
	try {
		for (const [index, state] of ["active" as const, ...journey].entries()) {
			const about = `${index}. ${state}`;
			const events: TransitionEvent[] = [];
			const request = (approvals: readonly string[]): Request => ({
				declared,
				wish: wishFor({ state }, { approvals }),
				record,
			});
			try {
				// It is a scratch pair, and `changes: yes` was the consent to whatever this loses of it.
				const { token } = await lookAt(request([]), hosts, { freshness: "fresh" });
				const report = (event: TransitionEvent) => void events.push(event);
				const surroundings = { hosts, clock: systemClock, fence: async () => {}, report };
				record = (await runTransition(request(token === null ? [] : [token]), surroundings)).record;
				transcript.expect(`${about}: is reached`, true, events);
			} catch (error) {
				if (error instanceof TransitionStopped) record = error.record;
				transcript.expect(`${about}: is reached`, false, { error: String(error), events });
				return;
			}
		}
	} finally {
		await hosts.close();
	}
}

async function main(): Promise<number> {
	const transcript = new Transcript();
	const { HOSTS_JSON } = process.env;
	if (!HOSTS_JSON) throw new Error("HOSTS_JSON is not set: storageReplication:hosts as JSON");
	try {
		await checkArray(scratchPair(process.env), connectHosts(readHostsConfig(HOSTS_JSON)), transcript);
	} finally {
		transcript.write(resolve("transcript"), "array");
	}
	for (const failure of transcript.failures) console.log(`NOT ${failure}`);
	return transcript.failures.length === 0 ? 0 : 1;
}

if (require.main === module) {
	main().then(
		(code) => {
			process.exitCode = code;
		},
		(error: unknown) => {
			console.error(String(error));
			process.exitCode = 1;
		},
	);
}
