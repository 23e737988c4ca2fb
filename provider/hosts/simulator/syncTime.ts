import { synchronizedSyncMode as modes, synchronizedCopyState as states } from "../../model/vocabulary/relationship";
import { secondsBehind } from "../powershell/lag";
import { copyBehaviourOf, isCopy, type SimulatedRelationship, type World } from "./world";

export function shownMode({ traits, syncMode }: SimulatedRelationship): number {
	return traits?.reportsMode === false ? modes.Unknown : syncMode;
}

/** How far the target is behind, as the array tells it. */
export function shownLag(
	world: World,
	relationship: SimulatedRelationship,
	nowMs: number,
): { readonly lagSeconds: number | null; readonly syncTime: string | null } {
	// A copy follows nobody: there is no lag, and SyncTime is the moment that it is of, to the second.
	if (isCopy(relationship)) return { lagSeconds: null, syncTime: shownPointInTime(world, relationship) };
	const lagBy = relationship.traits?.lagBy ?? "seconds";
	switch (lagBy) {
		case "seconds":
			return { lagSeconds: secondsOutstanding(relationship, nowMs), syncTime: null };
		case "underWay":
			return { lagSeconds: secondsOutstanding(relationship, nowMs) ?? 0, syncTime: null };
		case "none":
			return { lagSeconds: null, syncTime: null };
		case "syncTime": {
			const syncTime = new Date(syncTimeOf(relationship, nowMs)).toISOString();
			// A synchronous mirror has no lag to tell, whatever its SyncTime; one that tells no mode tells no lag either.
			const told = shownMode(relationship) === modes.Asynchronous;
			return { lagSeconds: told ? secondsBehind(syncTime, new Date(nowMs).toISOString()) : null, syncTime };
		}
		default:
			return lagBy satisfies never;
	}
}

function shownPointInTime(world: World, relationship: SimulatedRelationship): string | null {
	const { pointInTime, shown } = relationship;
	if (pointInTime == null || !copyBehaviourOf(world, relationship).reportsSyncTime) return null;
	// Whoever shows an old state knows nothing yet of the moment that goes with the new one.
	if (shown !== null) return null;
	return new Date(Math.floor(pointInTime.atMs / 1000) * 1000).toISOString();
}

/** The target holds everything as of then, unless a later moment is known already. */
export function syncedAsOf(relationship: SimulatedRelationship, ms: number): void {
	relationship.syncedAsOfMs = Math.max(relationship.syncedAsOfMs ?? 0, ms);
}

/** A relationship that stops following stays at the moment up to which it has followed. */
export function stopFollowing(relationship: SimulatedRelationship, nowMs: number): void {
	if (relationship.copyState === states.Synchronized) {
		relationship.syncedAsOfMs = syncTimeOf(relationship, nowMs);
	}
}

function syncTimeOf(relationship: SimulatedRelationship, nowMs: number): number {
	const { traits, copyState, tail, syncedAsOfMs = 0 } = relationship;
	if (copyState !== states.Synchronized || traits?.syncTimeStands === true) return syncedAsOfMs;
	const youngest = nowMs - (traits?.syncTimeAgeMs ?? 0);
	return Math.min(youngest, tail[0]?.atMs ?? youngest);
}

/** Writes that have not arrived are a lag, however young: zero would say that nothing is left to come. */
function secondsOutstanding({ copyState, tail }: SimulatedRelationship, nowMs: number): number | null {
	const [oldest] = tail;
	if (copyState !== states.Synchronized) return null;
	return oldest === undefined ? 0 : Math.max(1, Math.ceil((nowMs - oldest.atMs) / 1000));
}
