import { type ErrorCode, errorCodes } from "../model/errorCodes";
import { type End, ends, isOfKind, type PerEnd, syncTypeOf } from "../model/relationship";
import { ReplicationError } from "../model/replicationError";
import type { Neighbour } from "../planner/situation";
import type { Declared } from "./declared";
import { type DiskSearch, findDisk } from "./disks";
import type { DiskFact, GroupFact, HostObservation } from "./host";
import { hasId, idIn, sameId } from "./identity";
import { indexOf } from "./observationIndex";
import { hiddenRelationship } from "./partlyRead";
import type { Reading } from "./readEnds";
import { putTogether, type SeenGroup, type SeenPair, type Sighting } from "./sighting";

/** A disk of a pair as it is known at its end; `null`: its host was not read, or does not list it. */
interface Place {
	readonly id: string;
	readonly disk: DiskFact | null;
}

/** Which disks are a pair, or the id of a disk of which that cannot be told. */
type Matched = { readonly ids: PerEnd<Place> } | { readonly unread: string };

/** A pair that the program names. */
interface Named {
	readonly source: DiskFact;
	readonly target: DiskFact | null;
	readonly names: PerEnd<string>;
	readonly key: string;
}

/** The pairs of two groups in what their hosts answered. */
export class PairsOfGroups {
	private readonly declared: Declared;
	private readonly read: PerEnd<Reading>;
	private readonly groups: PerEnd<GroupFact | null>;
	private readonly places: PerEnd<readonly Place[] | null>;

	constructor(declared: Declared, read: PerEnd<Reading>, groups: PerEnd<GroupFact | null>) {
		this.declared = declared;
		this.read = read;
		this.groups = groups;
		this.places = { source: this.placesAt("source"), target: this.placesAt("target") };
	}

	/** `null`: neither group's disks are listed in any mirror. */
	members(): readonly SeenPair[] | null {
		const matched = this.matched();
		if (!matched.some((pair) => "ids" in pair)) return null;
		// A removal that took only some would be refused for those that it took, and what is left of it could never be ended.
		const there = this.mayHaveEnded() ? matched.filter((pair) => "ids" in pair || this.isListed(pair.unread)) : matched;
		return there.map((pair, index) =>
			"ids" in pair ? this.seen(pair.ids, index) : { ...this.called(pair.unread, index), sighting: null },
		);
	}

	/** All disks of the groups are listed by hosts that hide no relationship: one that is in none has ended, and is nothing to remove. */
	private mayHaveEnded(): boolean {
		if (this.declared.anyRoles !== true) return false;
		return ends.every((end) =>
			(this.places[end] ?? []).every(({ id, disk }) => {
				const reading = this.read[end];
				if (disk === null || reading instanceof ReplicationError) return false;
				return hiddenRelationship(reading, disk, id) === undefined;
			}),
		);
	}

	/** The disk is in a mirror, with whatever disk. */
	private isListed(id: string): boolean {
		return ends.some((end) =>
			(this.places[end] ?? []).some((place) => sameId(place.id, id) && this.peersOf(end, place).length > 0),
		);
	}

	/** Pairs that are still related, although their groups are not. */
	left(): readonly string[] {
		return this.matched().flatMap((pair, index) => ("ids" in pair ? [this.called(pair.ids.source.id, index).id] : []));
	}

	/** UniqueIds of the disks in each group; `null`: its host was not read. */
	disks(): PerEnd<readonly string[] | null> {
		const { source, target } = this.places;
		return { source: source?.map(({ id }) => id) ?? null, target: target?.map(({ id }) => id) ?? null };
	}

	/** What else the disks are in that a relationship of these groups would make pairs of, in their order. */
	neighboursAtCreation(): readonly Neighbour[] {
		return (this.places.source ?? []).flatMap((source, index) => {
			const target = this.places.target?.[index];
			if (target === undefined) return [];
			const { neighbours = [] } = this.sighting({ source, target }, "", false).observed;
			// A mirror may be one of groups that these replace, and which end before these are related.
			return neighbours.filter(({ syncType }) => syncType !== "Mirror");
		});
	}

	/** What the program names: those that are members already, and the others as they are found. */
	wished(members: readonly SeenPair[] | null): Pick<SeenGroup, "candidates" | "wished"> {
		const { pairs } = this;
		const { source, target } = this.read;
		if (pairs === undefined || source instanceof ReplicationError || target instanceof ReplicationError)
			return { candidates: [], wished: null };
		const named = pairs.map((names): Named => {
			const disk = this.listed("source", names.source, source);
			return { source: disk, target: this.named("target", names.target, target), names, key: idIn(source, disk) };
		});
		this.refuseTwice(named);
		const found = named.map((pair, index) => {
			const member = (members ?? []).find(({ key }) => sameId(key, pair.key));
			if (member === undefined) return { id: this.called(pair.key, (members?.length ?? 0) + index).id, pair };
			const peer = member.sighting?.ids.target ?? null;
			if (peer === null || (pair.target !== null && hasId(pair.target, peer))) return { id: member.id, pair: null };
			throw this.mistake(
				errorCodes.pairNotReady,
				`${this.shown(pair.names.source)} is in the group with another target than ${this.shown(pair.names.target)}`,
				"name the target that it has; another one takes the pair out of the group first, and is declared after that.",
			);
		});
		return {
			candidates:
				members === null
					? []
					: found.flatMap(({ id, pair }) => (pair === null ? [] : [this.candidate(id, pair, target)])),
			wished: found.map(({ id }) => id),
		};
	}

	/** The groups are to be related: their pairs are then those of their disks. What is made into an empty group the array names. */
	refuseOtherPairs(): void {
		if (!this.areOthers()) return;
		throw this.mistake(
			errorCodes.pairNotReady,
			"the groups are not related yet, and pairs are not those of their disks, first with first",
			"leave pairs out until the groups are related, or declare the disks of each group as a ReplicationGroup first.",
		);
	}

	/** The program names other pairs than the groups' disks are, in their order. */
	areOthers(): boolean {
		const { pairs } = this;
		const { source, target } = this.read;
		const inGroup = this.places.source ?? [];
		if (pairs === undefined || inGroup.length === 0 || source instanceof ReplicationError) return false;
		const isPair = (names: PerEnd<string>): boolean => {
			const disk = this.listed("source", names.source, source);
			const index = inGroup.findIndex(({ id }) => sameId(id, idIn(source, disk)));
			if (index === -1 || target instanceof ReplicationError) return index !== -1;
			const [own, other] = [this.places.target?.[index], this.named("target", names.target, target)];
			return own !== undefined && other !== null && sameId(own.id, idIn(target, other));
		};
		return pairs.length !== inGroup.length || !pairs.every(isPair);
	}

	/** Those that the program names. At a refresh, or a removal, whatever they are called by now, nothing is asked of them. */
	private get pairs(): Declared["pairs"] {
		const { pairs, idsFirst, anyRoles } = this.declared;
		return idsFirst === true || anyRoles === true ? undefined : pairs;
	}

	private candidate(id: string, { source, target, names, key }: Named, reading: HostObservation): SeenPair {
		const own: Place = { id: key, disk: source };
		if (target === null && this.peersOf("source", own).length > 0) {
			// An array may have named the disk that it made: made again it would be a second one.
			throw this.mistake(
				errorCodes.pairNotReady,
				`${this.shown(names.source)} has a mirror already, and there is no disk ${this.shown(names.target)} at the target`,
				"name the target that it has.",
			);
		}
		const other = { id: target === null ? null : idIn(reading, target), disk: target };
		const sighting = this.sighting({ source: own, target: other }, names.target, false);
		if (sighting.observed.group != null) {
			throw this.mistake(
				errorCodes.pairNotReady,
				`${this.shown(names.source)} is steered by another replication group${this.declared.hideNames ? "" : `, ${sighting.observed.group}`}`,
				"take the pair out of that group first.",
			);
		}
		return { id, key, sighting, ...(target === null ? { madeAs: names.target } : {}) };
	}

	/** `null`: the host lists no such disk. */
	private named(end: End, name: string, reading: HostObservation): DiskFact | null {
		const search = this.search(end, name, reading);
		return search.found === "none" ? null : search.disk;
	}

	private listed(end: End, name: string, reading: HostObservation): DiskFact {
		const search = this.search(end, name, reading);
		if (search.found === "one") return search.disk;
		const { hideNames } = this.declared;
		const offer = hideNames || search.nearest.length === 0 ? "" : ` (nearest: ${search.nearest.join(", ")})`;
		throw this.mistake(errorCodes.diskNotFound, `there is no disk ${this.shown(name)} at the ${end}${offer}`);
	}

	private search(end: End, name: string, reading: HostObservation): Exclude<DiskSearch, { readonly found: "many" }> {
		const search = findDisk(reading, name);
		if (search.found !== "many") return search;
		const { alike, disks } = search;
		const ids = this.declared.hideNames ? "" : ` (ids: ${disks.map((disk) => idIn(reading, disk)).join(", ")})`;
		throw this.mistake(
			alike === "name" ? errorCodes.ambiguousDiskName : errorCodes.sharedUniqueId,
			`there are ${disks.length} disks ${this.shown(name)} at the ${end}${ids}`,
			"declare the id of the one that is meant.",
		);
	}

	private refuseTwice(named: readonly Named[]): void {
		const seen = new Set<string>();
		for (const { source, target, names } of named) {
			for (const disk of target === null ? [source] : [source, target]) {
				const key = (disk.uniqueId || disk.objectId).toLowerCase();
				if (seen.has(key)) {
					const name = this.shown(disk === source ? names.source : names.target);
					throw this.mistake(errorCodes.oneDiskTwice, `the disk ${name} stands there twice`);
				}
				seen.add(key);
			}
		}
	}

	private shown(name: string): string {
		return this.declared.hideNames === true ? "that is named" : name;
	}

	private mistake(code: ErrorCode, what: string, remedy = "correct pairs."): ReplicationError {
		const dataSafety = "yes, nothing was changed.";
		return new ReplicationError({
			code,
			class: "user",
			property: "pairs",
			what: `pairs: ${what}.`,
			dataSafety,
			remedy,
		});
	}

	/** UniqueIds are names, too: where names are secret a pair is called by its number. */
	private called(key: string, index: number): Pick<SeenPair, "id" | "key"> {
		return { id: this.declared.hideNames === true ? `pair ${index + 1}` : key, key };
	}

	private placesAt(end: End): readonly Place[] | null {
		const [reading, group] = [this.read[end], this.groups[end]];
		if (reading instanceof ReplicationError || group === null) return null;
		const { byObjectId } = indexOf(reading);
		return group.members.map((objectId) => {
			const disk = byObjectId.get(objectId.toLowerCase()) ?? null;
			return { id: disk === null ? objectId : idIn(reading, disk), disk };
		});
	}

	/** UniqueIds of the disks that an end's disk is in a mirror with. */
	private peersOf(end: End, { disk }: Place): readonly string[] {
		const reading = this.read[end];
		if (reading instanceof ReplicationError || disk === null) return [];
		return (indexOf(reading).linksByObjectId.get(disk.objectId.toLowerCase()) ?? [])
			.filter(({ syncType }) => isOfKind(syncTypeOf(syncType), "Mirror"))
			.map(({ peerUniqueId }) => peerUniqueId);
	}

	private matched(): readonly Matched[] {
		const { source, target } = this.places;
		return source === null || target === null ? this.byOneEnd() : this.byBothEnds(source, target);
	}

	private byBothEnds(source: readonly Place[], target: readonly Place[]): readonly Matched[] {
		const taken = new Set<Place>();
		const isPeer = ({ disk }: Place, peers: readonly string[]) =>
			disk !== null && peers.some((peer) => hasId(disk, peer));
		const pairs = source.map((own): Matched => {
			const peers = this.peersOf("source", own);
			const other = target.find(
				(place) => !taken.has(place) && (isPeer(place, peers) || isPeer(own, this.peersOf("target", place))),
			);
			if (other === undefined) return { unread: own.id };
			taken.add(other);
			return { ids: { source: own, target: other } };
		});
		// Where nothing is listed of a pair both its disks are left, and it is one pair all the same.
		const lonely = pairs.filter((pair) => "unread" in pair).length;
		const others = target.filter((place) => !taken.has(place)).slice(lonely);
		return [...pairs, ...others.map(({ id }) => ({ unread: id }))];
	}

	/** The other group is not read: a member's one mirror is the pair, and of several nobody can tell which. */
	private byOneEnd(): readonly Matched[] {
		return ends.flatMap((end) =>
			(this.places[end] ?? []).map((own): Matched => {
				const [peer, ...others] = new Set(this.peersOf(end, own));
				if (peer === undefined || others.length > 0) return { unread: own.id };
				const other: Place = { id: peer, disk: null };
				return { ids: end === "source" ? { source: own, target: other } : { source: other, target: own } };
			}),
		);
	}

	private seen(ids: PerEnd<Place>, index: number): SeenPair {
		const anyRoles = this.declared.anyRoles === true;
		const sighting = this.sighting(ids, "", anyRoles);
		const isThere = sighting.observed.presence === "present";
		// Half of it is listed: one host may only be slower, and what cannot be told is not steered.
		const isHalf = !anyRoles && sighting.unlistedAt !== null;
		return { ...this.called(ids.source.id, index), sighting: isThere && !isHalf ? sighting : null };
	}

	private sighting(
		{ source, target }: { readonly source: Place; readonly target: Omit<Place, "id"> & { readonly id: string | null } },
		name: string,
		anyRoles: boolean,
	): Sighting {
		const { ends: declaredEnds, lost, hideNames } = this.declared;
		const pair: Declared = {
			ends: {
				source: { host: declaredEnds.source.host, virtualDisk: source.disk?.objectId ?? source.id },
				target: {
					host: declaredEnds.target.host,
					virtualDisk: target.disk?.objectId ?? target.id ?? name,
					// One that does not exist is made where its group is.
					...(target.id === null ? { storageSubsystem: this.groups.target?.subsystem } : {}),
				},
			},
			lost,
			knownIds: { source: source.id, target: target.id },
			...(hideNames === true ? { hideNames } : {}),
			...(anyRoles ? { anyRoles } : {}),
		};
		return putTogether(pair, this.read);
	}
}

export function eachReading(
	read: PerEnd<Reading>,
	change: (reading: HostObservation, end: End) => HostObservation,
): PerEnd<Reading> {
	const changed = (end: End): Reading => {
		const reading = read[end];
		return reading instanceof ReplicationError ? reading : change(reading, end);
	};
	const source = changed("source");
	// One host that sees both arrays is one reading.
	return { source, target: read.target === read.source ? source : changed("target") };
}
