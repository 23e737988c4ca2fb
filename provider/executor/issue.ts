import { errorCodes } from "../model/errorCodes";
import { type End, otherEnd } from "../model/relationship";
import { ReplicationError } from "../model/replicationError";
import { mayHaveEffect, type ReturnCode, returnCode } from "../model/returnCodes";
import { virtualDiskCreateReplicaSyncType as syncTypes } from "../model/vocabulary/operations";
import { synchronizedSyncMode as syncModes } from "../model/vocabulary/relationship";
import { isNotWorse } from "../planner/comparePlans";
import { describeStep } from "../planner/describePlan";
import type { CreateStep, OperationStep } from "../planner/plan";
import { CallCutOff } from "./callCutOff";
import { isOfGroups } from "./declared";
import { labelsOf } from "./describeOutlook";
import type { StepPosition } from "./events";
import { type Pair, syncPairsOf } from "./groupOutlook";
import type {
	CallAnswer,
	CreateReplicaRequest,
	DiskFact,
	MadePeer,
	RelationshipFact,
	SetGroupRelationshipRequest,
	SetRelationshipRequest,
} from "./host";
import type { Hosts } from "./hosts";
import type { Outlook } from "./outlook";
import type { Request } from "./request";
import type { Sighting } from "./sighting";
import type { Surroundings } from "./surroundings";

/** What is known of a call after it was made. */
export type Call =
	| { readonly kind: "answered"; readonly host: string; readonly meaning: ReturnCode; readonly answer: CallAnswer }
	/** No answer came: only the array knows whether it had its effect. */
	| { readonly kind: "cutOff"; readonly host: string; readonly error: CallCutOff };

/** A refusal began nothing; any other answer, or none, may have begun it. */
export function mayHaveBegun(call: Call | null): boolean {
	if (call === null) return false;
	return call.kind === "cutOff" || mayHaveEffect(call.meaning);
}

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
	if (isOfGroups(request.declared)) await around.hosts.discoverArrays(first.host, { anew: true });
	else if (disk !== null) await around.hosts.discover(first.host, disk.objectId);
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
		const answer = await call(step, at, outlook, request, around);
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

async function call(
	step: OperationStep | CreateStep,
	at: End,
	outlook: Outlook,
	request: Request,
	around: Surroundings,
): Promise<CallAnswer> {
	if (isOfGroups(request.declared)) return callGroup(step, at, outlook, request, around);
	const { sighting } = outlook;
	const { host } = request.declared.ends[at];
	return step.kind === "operation"
		? around.hosts.setReplicationRelationship(host, relationshipRequest(step, at, sighting, request))
		: around.hosts.createReplica(host, replicaRequest(sighting, request));
}

/** One call to the group; or the pair's own call for each member of a part, and for each pair that is made outside it. */
async function callGroup(
	step: OperationStep | CreateStep,
	at: End,
	{ sighting, pairs = [] }: Outlook,
	request: Request,
	around: Surroundings,
): Promise<CallAnswer> {
	const alone = step.kind === "create" ? step.pairs : step.members;
	if (alone === undefined) {
		return step.kind === "create"
			? createGroupReplica(sighting, request, around.hosts)
			: setGroupRelationship(step, at, sighting, syncPairsOf(step.pairs ?? [], pairs), request, around.hosts);
	}
	const { host } = request.declared.ends[at];
	const { hosts } = around;
	// Told before the first is sent: what cannot be named must not stop half of them.
	const calls = alone.map((id) => {
		const pair = pairs.find((each) => each.id === id);
		if (pair === undefined) throw notListed(step, at, request);
		const own = pairRequest(request, sighting, pair);
		if (step.kind === "create") {
			const replica = replicaRequest(pair.sighting, own);
			return () => hosts.createReplica(host, replica);
		}
		const relationship = relationshipRequest(step, at, pair.sighting, own);
		return () => hosts.setReplicationRelationship(host, relationship);
	});
	const [first, ...others] = calls;
	if (first === undefined) throw notListed(step, at, request);
	const begun = await first();
	if (!mayHaveEffect(returnCode(begun.returnCode))) return begun;
	// What was begun is not told as refused, nor as not sent: where it cannot go on, the rest is planned from what there is.
	for (const send of others) {
		if (around.signal?.aborted === true) return begun;
		try {
			await around.fence();
			if (!mayHaveEffect(returnCode((await send()).returnCode))) return begun;
		} catch (error) {
			if (error instanceof CallCutOff) throw error;
			return begun;
		}
	}
	return begun;
}

/** The request as it is for one pair of the groups: its disks in the place of theirs, and a target to be made beside theirs. */
function pairRequest(request: Request, groups: Sighting, { sighting: { disks, ids }, madeAs }: Pair): Request {
	const { declared } = request;
	const { source, target } = declared.ends;
	const named = (end: End) => disks[end]?.objectId ?? ids[end] ?? "";
	const { storagePool, storageSubsystem = groups.disks.target?.subsystem } = target;
	const made = madeAs === undefined ? {} : { virtualDisk: madeAs, storagePool, storageSubsystem };
	return {
		...request,
		declared: {
			...declared,
			ends: {
				source: { host: source.host, virtualDisk: named("source") },
				target: { host: target.host, virtualDisk: named("target"), ...made },
			},
		},
	};
}

function setGroupRelationship(
	step: OperationStep,
	at: End,
	sighting: Sighting,
	syncPairs: SetGroupRelationshipRequest["syncPairs"],
	request: Request,
	hosts: Hosts,
): Promise<CallAnswer> {
	const link = sighting.links[at];
	const groupObjectId = link?.diskObjectId ?? sighting.disks[at]?.objectId;
	const peerUniqueId = link?.peerUniqueId ?? sighting.ids[otherEnd(at)];
	if (groupObjectId === undefined || peerUniqueId === null) throw notListed(step, at, request);
	const madePeer = link?.hasReplicaPeer === true ? null : madePeerOf(link, sighting.disks[otherEnd(at)]);
	const { code: operation } = step;
	return hosts.callGroups(request.declared.ends[at].host, (groups) =>
		groups.setRelationship({ operation, groupObjectId, peerUniqueId, madePeer, syncPairs }),
	);
}

function createGroupReplica({ disks }: Sighting, { declared, wish }: Request, hosts: Hosts): Promise<CallAnswer> {
	const { source, target } = disks;
	const { virtualDisk, storageSubsystem, storagePool, host: _ } = declared.ends.target;
	return hosts.callGroups(declared.ends.source.host, (groups) =>
		groups.createReplica({
			sourceGroupObjectId: source?.objectId ?? "",
			targetGroupObjectId: target?.objectId ?? null,
			friendlyName: target === null ? virtualDisk : null,
			targetSubsystem: target?.subsystem ?? storageSubsystem ?? "",
			targetSubsystemName: target?.subsystemName ?? null,
			targetSubsystemUniqueId: target?.subsystemUniqueId ?? null,
			targetStoragePool: storagePool ?? null,
			recoveryPointObjectiveMinutes: wish.recoveryPointObjectiveMinutes,
			syncType: syncTypes.Mirror,
			syncMode: wish.desired.syncMode === undefined ? null : syncModes[wish.desired.syncMode],
		}),
	);
}

function notListed(step: OperationStep | CreateStep, at: End, request: Request): ReplicationError {
	const of = isOfGroups(request.declared) ? "the group" : "the disk";
	return new ReplicationError({
		code: errorCodes.diskNotFound,
		class: "array",
		what: `${describeStep(step, labelsOf(request))}: ${of} of the ${at} is not listed by host ${request.declared.ends[at].host} any more.`,
		dataSafety: "the operation was not sent.",
		remedy: "look at the array's own tools and run again.",
	});
}

function relationshipRequest(
	step: OperationStep,
	at: End,
	sighting: Sighting,
	request: Request,
): SetRelationshipRequest {
	const link = sighting.links[at];
	const disk = sighting.disks[at];
	const peerUniqueId = link?.peerUniqueId ?? sighting.ids[otherEnd(at)];
	const diskObjectId = link?.diskObjectId ?? disk?.objectId;
	if (diskObjectId === undefined || peerUniqueId === null) throw notListed(step, at, request);
	return {
		operation: step.code,
		diskObjectId,
		peerUniqueId,
		madePeer: link?.hasReplicaPeer === true ? null : madePeerOf(link, sighting.disks[otherEnd(at)]),
	};
}

/** A host that lists the relationship at the other disk only, or as a pair of disks, has no peer to read. */
function madePeerOf(link: RelationshipFact | null, disk: DiskFact | null): MadePeer | null {
	if (disk !== null) return { ...disk, name: disk.friendlyName };
	if (link === null) return null;
	const { peerName: name, peerSubsystem: subsystem } = link;
	return { name, subsystem, objectId: null, subsystemName: null, subsystemUniqueId: null };
}

function replicaRequest(sighting: Sighting, { declared, wish }: Request): CreateReplicaRequest {
	const { source, target } = sighting.disks;
	const { desired } = wish;
	// A copy is made in the array of its source, unless another is named.
	const besideSource = desired.kind !== undefined && declared.ends.target.storageSubsystem === undefined;
	const array = target ?? (besideSource ? source : null);
	return {
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
	};
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
