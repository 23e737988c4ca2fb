import { errorCodes } from "../model/errorCodes";
import { type End, otherEnd } from "../model/relationship";
import { ReplicationError } from "../model/replicationError";
import { type ReturnCode, returnCode } from "../model/returnCodes";
import { virtualDiskCreateReplicaSyncType as syncTypes } from "../model/vocabulary/operations";
import { synchronizedSyncMode as syncModes } from "../model/vocabulary/relationship";
import { isNotWorse } from "../planner/comparePlans";
import { describeStep } from "../planner/describePlan";
import type { CreateStep, OperationStep } from "../planner/plan";
import { CallCutOff } from "./callCutOff";
import { labelsOf } from "./describeOutlook";
import type { StepPosition } from "./events";
import type { CallAnswer, DiskFact, MadePeer, RelationshipFact } from "./host";
import type { Outlook, Request } from "./outlook";
import type { Surroundings } from "./surroundings";

/** What is known of a call after it was made. */
export type Call =
	| { readonly kind: "answered"; readonly host: string; readonly meaning: ReturnCode; readonly answer: CallAnswer }
	/** No answer came: only the array knows whether it had its effect. */
	| { readonly kind: "cutOff"; readonly host: string; readonly error: CallCutOff };

export interface IssueOptions {
	/** A fresh look with what this run has proved so far: in mid-plan the record alone would see more at risk than there is. */
	readonly look: () => Promise<Outlook>;
	/** The call was made, or may have been. */
	readonly onIssued: () => void;
}

/**
 * Sends one operation, once. The one repeat there is: an answer of "cache out of date" (40003, 40006), which says that
 * nothing was done; the cache is refreshed, the array read, and the operation sent again only if the plan still begins
 * with it.
 */
export async function issueStep(
	step: OperationStep | CreateStep,
	position: StepPosition,
	outlook: Outlook,
	request: Request,
	around: Surroundings,
	{ look, onIssued }: IssueOptions,
): Promise<Call> {
	const first = await send(step, position, outlook, request, around, onIssued);
	if (first.kind === "cutOff" || first.meaning.class !== "staleCache") return first;
	const at = endOf(step, outlook);
	const disk = outlook.sighting.disks[at];
	if (disk !== null) await around.hosts.discover(first.host, disk.objectId);
	const again = await look();
	const agreed = outlook.answer.outcome === "plan" ? outlook.answer.steps : [];
	if (again.answer.outcome !== "plan" || !isNotWorse(again.answer.steps, agreed)) return first;
	return send(step, position, again, request, around, onIssued);
}

async function send(
	step: OperationStep | CreateStep,
	position: StepPosition,
	outlook: Outlook,
	request: Request,
	around: Surroundings,
	onIssued: () => void,
): Promise<Call> {
	const at = endOf(step, outlook);
	const { host } = request.declared.ends[at];
	await around.report({ kind: "beforeCall", at: position, end: at, host });
	// After what is written of the call, which may wait for a file: the engine may be gone by then.
	await around.fence();
	// After the fence: the engine may end the run while it is asked for a sign of life.
	if (around.signal?.aborted) throw cancelled(step, request);
	try {
		const answer =
			step.kind === "operation"
				? await setRelationship(step, at, outlook, request, around)
				: await createReplica(outlook, request, around);
		onIssued();
		await around.report({ kind: "afterCall", at: position, returnCode: answer.returnCode, job: answer.jobId });
		const meaning = returnCode(answer.returnCode);
		const { syncMode } = request.wish.desired;
		const begun = meaning.class === "success" || meaning.class === "job";
		if (begun && answer.syncModeSent === false && syncMode !== undefined) {
			await around.report({ kind: "modeLeftToArray", at: position, host, syncMode });
		}
		return { kind: "answered", host, meaning, answer };
	} catch (error) {
		if (!(error instanceof CallCutOff)) throw error;
		onIssued();
		await around.report({ kind: "callCutOff", at: position });
		return { kind: "cutOff", host, error };
	}
}

/**
 * The end a step goes to. A relationship that one host has already forgotten is removed where the other still lists
 * it: that is how a removal becomes whole on both sides.
 */
export function endOf(step: OperationStep | CreateStep, { sighting }: Outlook): End {
	const removes = step.until.copyState === "absent";
	const other = otherEnd(step.at);
	return removes && sighting.links[step.at] === null && sighting.links[other] !== null ? other : step.at;
}

function setRelationship(
	step: OperationStep,
	at: End,
	{ sighting }: Outlook,
	request: Request,
	{ hosts }: Surroundings,
): Promise<CallAnswer> {
	const link = sighting.links[at];
	const disk = sighting.disks[at];
	const peerUniqueId = link?.peerUniqueId ?? sighting.ids[otherEnd(at)];
	const diskObjectId = link?.diskObjectId ?? disk?.objectId;
	if (diskObjectId === undefined || peerUniqueId === null) {
		throw new ReplicationError({
			code: errorCodes.diskNotFound,
			class: "array",
			what: `${describeStep(step, labelsOf(request))}: the disk of the ${at} is not listed by host ${request.declared.ends[at].host} any more.`,
			dataSafety: "the operation was not sent.",
			remedy: "look at the array's own tools and run again.",
		});
	}
	return hosts.setReplicationRelationship(request.declared.ends[at].host, {
		operation: step.code,
		diskObjectId,
		peerUniqueId,
		madePeer: link?.hasReplicaPeer === true ? null : madePeerOf(link, sighting.disks[otherEnd(at)]),
	});
}

/** A host that lists the relationship at the other disk only, or as a pair of disks, has no peer to read. */
function madePeerOf(link: RelationshipFact | null, disk: DiskFact | null): MadePeer | null {
	if (disk !== null) return { ...disk, name: disk.friendlyName };
	if (link === null) return null;
	const { peerName: name, peerSubsystem: subsystem } = link;
	return { name, subsystem, objectId: null, subsystemName: null, subsystemUniqueId: null };
}

function createReplica({ sighting }: Outlook, request: Request, { hosts }: Surroundings): Promise<CallAnswer> {
	const { declared, wish } = request;
	const { source, target } = sighting.disks;
	const { desired } = wish;
	// A copy is made in the array of its source, unless another is named.
	const besideSource = desired.kind !== undefined && declared.ends.target.storageSubsystem === undefined;
	const array = target ?? (besideSource ? source : null);
	return hosts.createReplica(declared.ends.source.host, {
		sourceDiskObjectId: source?.objectId ?? "",
		friendlyName: target === null ? declared.ends.target.virtualDisk : null,
		targetSubsystem: array?.subsystem ?? declared.ends.target.storageSubsystem ?? "",
		targetSubsystemName: array?.subsystemName ?? null,
		targetSubsystemUniqueId: array?.subsystemUniqueId ?? null,
		targetDiskObjectId: target?.objectId ?? null,
		targetDiskUniqueId: target?.uniqueId ?? null,
		targetStoragePool: target === null ? (declared.ends.target.storagePool ?? null) : null,
		recoveryPointObjectiveMinutes: wish.recoveryPointObjectiveMinutes,
		syncType: syncTypes[desired.kind ?? "Mirror"],
		syncMode: desired.syncMode === undefined ? null : syncModes[desired.syncMode],
	});
}

function cancelled(step: OperationStep | CreateStep, request: Request): ReplicationError {
	return new ReplicationError({
		code: errorCodes.engineGone,
		class: "safety",
		what: `cancelled before ${describeStep(step, labelsOf(request))}.`,
		dataSafety: "yes; the operation was not sent.",
		remedy: "run again to go on.",
	});
}
