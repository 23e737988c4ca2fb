import { tmpdir } from "node:os";
import * as z from "zod";
import { CallCutOff } from "../../provider/executor/callCutOff";
import type { CallAnswer } from "../../provider/executor/host";
import { jobEnd } from "../../provider/executor/jobEnd";
import type { PowerShellHost } from "../../provider/hosts/powershell";
import { connectPowerShell } from "../../provider/hosts/powershell";
import { ReplicationError } from "../../provider/model/replicationError";
import { returnCode } from "../../provider/model/returnCodes";
import { runScript } from "./runScript";
import type { Transcript } from "./transcript";

/** A virtual disk of Storage Spaces, which has no replication: every call must come back as a refusal. */
export async function checkCalls(transcript: Transcript): Promise<void> {
	const name = `srt-${process.pid}`;
	const space = (ACTION: "make" | "remove") =>
		runScript("storageSpace.ps1", { ACTION, NAME: name, FOLDER: process.env.RUNNER_TEMP ?? tmpdir() });
	const host = connectPowerShell({ name: "here", kind: "local" });
	try {
		// Removed also where only half of it could be made.
		await space("make");
		await callsOn(host, name, transcript);
		await optimizeOn(host, name, transcript);
	} finally {
		await host.close();
		await space("remove");
	}
}

/** Sends what a disk without replication cannot do. None of it may end as "may have had its effect". */
export async function callsOn(host: PowerShellHost, friendlyName: string, transcript: Transcript): Promise<void> {
	const { disks } = await host.observe();
	const disk = disks.find((each) => each.friendlyName === friendlyName);
	if (disk === undefined) throw new Error(`${friendlyName} is not among ${disks.length} virtual disks`);
	const nowhere = { subsystemName: null, subsystemUniqueId: null };
	const madePeer = { name: "no such disk", subsystem: "no such array", objectId: null, ...nowhere };
	const change = { diskObjectId: disk.objectId, peerUniqueId: "no such disk", madePeer };
	const replica = {
		sourceDiskObjectId: disk.objectId,
		friendlyName: "no such disk",
		targetSubsystem: "no such array",
		targetSubsystemName: null,
		targetSubsystemUniqueId: null,
		targetDiskObjectId: null,
		targetDiskUniqueId: null,
		targetStoragePool: null,
		recoveryPointObjectiveMinutes: null,
		syncType: 6,
		syncMode: null,
	};
	await refused(transcript, "Suspend", () => host.setReplicationRelationship({ operation: 22, ...change }));
	await refused(transcript, "ReverseRoles", () => host.setReplicationRelationship({ operation: 20, ...change }));
	await refused(transcript, "CreateReplica", () => host.createReplica(replica));
	await told(transcript, "Discover of the disk", () => host.discover({ diskObjectId: disk.objectId }));
	await told(transcript, "Discover of every array", () => host.discoverArrays());
}

const optimized = z.object({ returnValue: z.number(), job: z.string().nullable() });
/** A job of an empty pool takes seconds; one that never ends must not hold the runner. */
const mostMs = 300_000;

/** A job of Windows' own: whether its reference is enough to read it, in which states, and how long it is listed after its end. */
export async function optimizeOn(host: PowerShellHost, pool: string, transcript: Transcript): Promise<void> {
	const { job, returnValue } = optimized.parse(JSON.parse(await runScript("optimize.ps1", { NAME: pool })));
	transcript.note("Optimize", { job, returnValue });
	const isJob = returnCode(returnValue).class === "job";
	transcript.expect("Optimize as a job names its job", isJob === (job !== null), { job, returnValue });
	if (job === null) return;
	const until = Date.now() + mostMs;
	let fact = await host.job(job);
	while (fact !== null && !jobEnd(fact).ended && Date.now() < until) {
		transcript.note("the job", fact);
		await new Promise((resolve) => setTimeout(resolve, 500));
		fact = await host.job(job);
	}
	transcript.note("the job in the end", fact);
	transcript.expect("the job is read until it ends or is gone", fact === null || jobEnd(fact).ended, fact);
}

async function refused(transcript: Transcript, call: string, send: () => Promise<CallAnswer>) {
	const about = `${call} comes back as a refusal`;
	try {
		const answer = await send();
		const meaning = returnCode(answer.returnCode).class;
		transcript.expect(about, meaning !== "unknown" && meaning !== "success" && meaning !== "job", answer);
	} catch (error) {
		// Not sent is as good: what must not come is SR4002.
		transcript.expect(about, error instanceof ReplicationError && !(error instanceof CallCutOff), String(error));
	}
}

async function told(transcript: Transcript, call: string, ask: () => Promise<unknown>) {
	try {
		transcript.note(call, await ask());
	} catch (error) {
		transcript.note(call, String(error));
	}
}
