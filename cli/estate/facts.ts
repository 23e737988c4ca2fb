import type { Declared } from "../../provider/executor/declared";
import { nameOf } from "../../provider/executor/disks";
import { rolesDifferIn } from "../../provider/executor/groupSighting";
import { ailmentOf } from "../../provider/executor/health";
import { withJournal } from "../../provider/executor/journal";
import type { Outlook } from "../../provider/executor/outlook";
import type { RelationshipRecord } from "../../provider/executor/record";
import type { Sighting } from "../../provider/executor/sighting";
import type { LedgerRun } from "../../provider/ledger/runs";
import type { Arguments } from "../../provider/lifecycle/arguments";
import { copyClassOf } from "../../provider/lifecycle/copyArguments";
import { foundCopy, knownComplete, type SeenCopy } from "../../provider/lifecycle/copyOutputs";
import {
	currentSource,
	currentTarget,
	describeName,
	type End,
	type PerEnd,
	type SyncMode,
} from "../../provider/model/relationship";
import { describeIds } from "../../provider/planner/describePlan";
import { isFailedOver } from "../../provider/planner/phase";
import type { Relationship, RelationshipEnd, Seen } from "./estate";

/** What both hosts together show. `outlook` knows more of the journal; null: the look ended in an error. */
export function seenIn(sighting: Sighting, outlook: Outlook | null): Seen {
	if (sighting.observed.presence === "absent") return { presence: "absent" };
	const alone = withJournal(sighting.observed, null);
	const remembered = outlook?.situation.observed.presence === "present" ? outlook.situation.observed : alone;
	const contradiction = sighting.contradiction?.what ?? rolesDifferIn(sighting);
	const isContradicted = contradiction !== null;
	const { direction, syncType } = sighting.observed;
	const serving = isFailedOver(alone) ? currentTarget(direction) : currentSource(direction);
	return {
		presence: "present",
		copyState: describeName(sighting.observed.copyState),
		progressStatus: describeName(sighting.observed.progressStatus, "progress"),
		direction: isContradicted ? null : direction,
		serving: isContradicted ? null : serving,
		syncMode: syncModeIn(sighting.observed.syncMode),
		percentSynced: sighting.percentSynced,
		// Nothing follows by a copy: how old it is, is its purpose.
		lagSeconds: copyClassOf(describeName(syncType)) === null ? sighting.lagSeconds : null,
		syncTime: sighting.syncTime,
		targetConsistent: remembered.targetConsistent,
		ahead: outlook?.standing?.ahead ?? remembered.ahead,
		contradiction,
		differences: sighting.differences.map(({ what }) => what),
	};
}

export function syncModeIn(mode: SyncMode): "synchronous" | "asynchronous" | "unknown" {
	switch (mode) {
		case "Synchronous":
			return "synchronous";
		case "Asynchronous":
			return "asynchronous";
		case "Unknown":
			return "unknown";
		default:
			return mode satisfies never;
	}
}

/** What a point-in-time copy is. `seen`: null: it could not be read. `isDue`: its `expiresAt` has come. */
export function copyIn(
	given: Pick<Arguments, "target" | "copy" | "keep">,
	seen: SeenCopy | null,
	record: RelationshipRecord | null,
	isDue: boolean,
): NonNullable<Relationship["copy"]> {
	const { copy, keep } = given;
	const found = seen === null ? null : foundCopy(seen, given, record);
	const isExpiredNow = isDue && found?.copyState === "absent";
	const restoreOpen = record === null ? null : (seen?.situation.observed ?? record.copy)?.restoreOpen === true;
	return {
		complete: seen === null || found === null ? null : knownComplete(seen, found),
		pointInTime: found?.pointInTime ?? null,
		expiresAt: copy?.expiresAt ?? null,
		ended: found?.ended ?? (isExpiredNow ? "expired" : null),
		restored: record?.copy?.restoreDone ?? null,
		restoreOpen: restoreOpen === true ? keep !== "source" : restoreOpen,
	};
}

/** An end as its host shows it. `silence`: why nothing was seen of either. */
export function endIn(
	end: End,
	declared: Declared,
	sighting: Sighting | null,
	silence: string | null,
): RelationshipEnd {
	const { host, virtualDisk } = declared.ends[end];
	const disk = sighting?.disks[end] ?? null;
	const hide = declared.hideNames === true;
	const id = sighting?.ids[end] ?? declared.knownIds[end];
	return {
		host,
		virtualDisk: hide ? null : disk === null ? virtualDisk : nameOf(disk),
		uniqueId: hide ? null : id,
		storageSubsystem: disk?.subsystem ?? null,
		ailment: ailmentOf(disk) ?? ailmentOfMembers(end, sighting),
		isUsable: disk === null ? null : (sighting?.observed.usable[end] ?? null),
		unread: sighting === null ? silence : (sighting.unread[end]?.message ?? unreadMembers(end, sighting)),
	};
}

/** The pairs of two groups that could be read, by their disks. */
export function memberIdsIn(sighting: Sighting | null): readonly PerEnd<string | null>[] {
	return (sighting?.group?.members ?? []).flatMap(({ sighting: pair }) => (pair === null ? [] : [pair.ids]));
}

function ailmentOfMembers(end: End, sighting: Sighting | null): string | null {
	const ill = (sighting?.group?.members ?? []).flatMap(({ id, sighting: pair }) => {
		const ailment = ailmentOf(pair?.disks[end] ?? null);
		return ailment === null ? [] : [`its pair ${id}: ${ailment}`];
	});
	return ill.join("; ") || null;
}

/** Said once, of the source: the others alone would pass for the whole group. */
function unreadMembers(end: End, { group }: Sighting): string | null {
	const unread = (group?.members ?? []).filter(({ sighting: pair }) => pair === null);
	if (end === "target" || unread.length === 0) return null;
	return `of its pairs ${describeIds(unread.map(({ id }) => id))} cannot be read, although the host can`;
}

/** What is allowed, by whoever says it nearest to this question. The unit of the objective is that of its name. */
export function lagLimitOf(given: Arguments | null, commandLineSeconds: number | null): Relationship["lagLimit"] {
	if (given?.copy !== undefined) return null;
	if (commandLineSeconds !== null) return { seconds: commandLineSeconds, from: "commandLine" };
	const { recoveryPointObjectiveMinutes: minutes, maxDataLossSeconds } = given ?? {};
	if (minutes !== undefined) return { seconds: minutes * 60, from: "recoveryPointObjectiveMinutes" };
	return maxDataLossSeconds === undefined ? null : { seconds: maxDataLossSeconds, from: "maxDataLossSeconds" };
}

/** When our runs last did something here, and since when it is as they left it. */
export function momentsOf(
	record: RelationshipRecord | null,
	runs: readonly LedgerRun[],
	seen: Seen | null,
): Pick<Relationship, "since" | "lastTransitionAt"> {
	const ended = runs.flatMap(({ steps, ended: end, started }) =>
		steps.some(({ calls }) => calls.length > 0) ? [(end ?? started).at] : [],
	);
	const lastTransitionAt = [...ended, ...momentIn(record?.history.at(-1))].sort().at(-1) ?? null;
	const isAsLeft =
		record !== null &&
		record.interrupted === undefined &&
		seen?.presence === "present" &&
		seen.copyState === record.copyState &&
		seen.direction === record.direction;
	return { since: isAsLeft ? lastTransitionAt : null, lastTransitionAt };
}

/** A line of the history begins with its moment (`executor/runRecord.ts`). */
function momentIn(line: string | undefined): string[] {
	const [moment] = line?.match(/^\d{4}-\d\d-\d\dT\S+Z(?= )/) ?? [];
	return moment === undefined ? [] : [moment];
}
