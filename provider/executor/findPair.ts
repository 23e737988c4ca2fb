import { errorCodes } from "../model/errorCodes";
import { type End, ends, isOfKind, isUnknown, otherEnd, type PerEnd, syncTypeOf } from "../model/relationship";
import { ReplicationError } from "../model/replicationError";
import { type Declared, shownEnd } from "./declared";
import { diskOf, type FoundDisk, isNewlyDeclared, listedBy } from "./diskOfEnd";
import { oneDiskTwice, sharedUniqueId } from "./disks";
import type { DiskFact, RelationshipFact } from "./host";
import { hasId, idIn, leadsTo, listingsOf, looksLike, sameId } from "./identity";
import { namesMoved } from "./namesMoved";
import { indexOf } from "./observationIndex";
import { hiddenRelationship, notToBeTold, readingOfEnd } from "./partlyRead";
import { type Reading, unreadOf } from "./readEnds";
import { type Listings, worstDisk, worstLink } from "./worstListing";

interface Joined {
	readonly disks: PerEnd<DiskFact | null>;
	/** What identifies the disks (`idIn`), seen or known. */
	readonly ids: PerEnd<string | null>;
	/** The relationship as each end's host lists it; `null`: that host does not list it or was not read. */
	readonly links: PerEnd<RelationshipFact | null>;
	/** What `disks` and `links` were made of: they are the worst that these say. */
	readonly listings: Listings;
}

/** The disks and links of one relationship in what its hosts answered. */
export interface FoundPair extends Joined {
	/** UniqueIds of all peers that the source's host lists of its disk: that of this relationship, and of others. */
	readonly peers: readonly string[];
	/** Why an end could not be read; `null`: it was. */
	readonly unread: PerEnd<ReplicationError | null>;
	/** What else each end's host lists of its disk: relationships with other disks, or of another kind. */
	readonly others: PerEnd<readonly RelationshipFact[]>;
	/** Ends whose disk has another id than the state knows, and is the same one by name, host and relationship. */
	readonly rekeyed: readonly End[];
}

/**
 * Finds the disks that are meant and the links between them. Throws a user error for a disk that is not there or not
 * unique, `namesMoved` for names that mean other disks now, a transport error for what is named and cannot be shown.
 */
export function findPair(declared: Declared, readings: PerEnd<Reading>): FoundPair {
	const read = {
		source: readingOfEnd("source", declared, readings.source),
		target: readingOfEnd("target", declared, readings.target),
	};
	const found = { source: diskOf("source", declared, read), target: diskOf("target", declared, read) };
	const moved = ends.filter((end) => found[end].insteadOf !== null);
	const same = moved.length === 0 ? null : sameRelationship(declared, read, found);
	if (moved.length > 0 && same === null && declared.idsFirst !== true) {
		throw namesMoved(movedNames(declared, read, found, moved), declared.hideNames === true);
	}
	// By its name alone a disk is not the one that the state knows.
	const known = (end: End) => (found[end].insteadOf === null ? found[end].disk : null);
	const { disks, ids, links, listings } =
		same ?? join(declared, read, { source: known("source"), target: known("target") });
	if (links.source === null && links.target === null) {
		for (const end of ends) refuseHidden(end, declared, read, ids, disks);
	}
	const unread = {
		source: unlisted("source", declared, read, disks, links),
		target: unlisted("target", declared, read, disks, links),
	};
	const listed = (end: End) => linksOf(end, declared, read, disks, ids[end]);
	const peers = listed("source").map(({ peerUniqueId }) => peerUniqueId);
	const besides = (end: End) =>
		listed(end).filter((link) => !listings.links[end].includes(link) && !isEnding(end, link, declared, ids));
	const others = { source: besides("source"), target: besides("target") };
	const rekeyed = same === null ? [] : moved;
	return { disks, ids: withPeerIds(ids, links), links, listings, peers, others, unread, rekeyed };
}

/**
 * Where one disk takes the place of another, the mirror of before is there when the new one is planned, and ends in the same
 * run: between the two disks that state knows, or that it knew of the resource which is replaced.
 */
function isEnding(end: End, link: RelationshipFact, declared: Declared, ids: PerEnd<string | null>): boolean {
	const { kind = "Mirror", knownIds, ending } = declared;
	if (kind !== "Mirror" || !isOfKind(syncTypeOf(link.syncType), "Mirror")) return false;
	return [knownIds, ending].some((pair) => {
		const [own, other] = [pair?.[end] ?? null, pair?.[otherEnd(end)] ?? null];
		return own !== null && other !== null && sameId(own, ids[end] ?? "") && sameId(other, link.peerUniqueId);
	});
}

function join(declared: Declared, read: PerEnd<Reading>, disks: PerEnd<DiskFact | null>): Joined {
	const ids = idsOf(declared, read, disks);
	const listings: Listings = {
		links: {
			source: linksBetween("source", declared, read, disks, ids),
			target: linksBetween("target", declared, read, disks, ids),
		},
		disks: {
			source: listingsMeant("source", declared, read, disks),
			target: listingsMeant("target", declared, read, disks),
		},
	};
	return {
		disks: { source: worstDisk(listings.disks.source), target: worstDisk(listings.disks.target) },
		ids,
		links: { source: worstLink(listings.links.source), target: worstLink(listings.links.target) },
		listings,
	};
}

/** All listings of an end's disk. Declared by its ObjectId it is meant as that provider shows it. */
function listingsMeant(
	end: End,
	declared: Declared,
	read: PerEnd<Reading>,
	disks: PerEnd<DiskFact | null>,
): readonly DiskFact[] {
	const [reading, disk] = [read[end], disks[end]];
	if (disk === null || reading instanceof ReplicationError) return [];
	return sameId(declared.ends[end].virtualDisk, disk.objectId) ? [disk] : listingsOf(reading, disk);
}

function idsOf(declared: Declared, read: PerEnd<Reading>, disks: PerEnd<DiskFact | null>): PerEnd<string | null> {
	const { source, target } = disks;
	if (source !== null && target !== null) {
		if (sameId(source.objectId, target.objectId) || looksLike(source, target)) throw oneDiskTwice(source);
		if (source.uniqueId !== "" && sameId(source.uniqueId, target.uniqueId))
			return idsOfAlike(declared, { source, target });
	}
	const idOf = (end: End) => {
		const [disk, reading] = [disks[end], read[end]];
		if (disk !== null && !(reading instanceof ReplicationError)) return idIn(reading, disk);
		return isToBeMade(end, declared, reading) ? null : knownIdOf(end, declared, read, disks);
	};
	const ids = { source: idOf("source"), target: idOf("target") };
	if (ids.source !== null && ids.target !== null && sameId(ids.source, ids.target)) {
		throw oneDiskTwice({ uniqueId: ids.source, objectId: ids.source });
	}
	return ids;
}

/** Two disks that report one UniqueId, at one host or at two: only the ObjectIds that the program gives tell them apart. */
function idsOfAlike(declared: Declared, disks: PerEnd<DiskFact>): PerEnd<string> {
	for (const end of ends) {
		if (sameId(declared.ends[end].virtualDisk, disks[end].objectId)) continue;
		throw sharedUniqueId({
			end,
			disks: ends.map((each) => ({ host: declared.ends[each].host, disk: disks[each] })),
			hideNames: declared.hideNames === true,
			declared: true,
		});
	}
	return { source: disks.source.objectId, target: disks.target.objectId };
}

/** A disk that the program names for the first time, or that was never seen, and that the array is to make. */
function isToBeMade(end: End, declared: Declared, reading: Reading): boolean {
	if (reading instanceof ReplicationError || end === "source" || declared.justMade === true) return false;
	const { storagePool, storageSubsystem } = declared.ends.target;
	return (storagePool !== undefined || storageSubsystem !== undefined) && isNewlyDeclared(end, declared);
}

/**
 * Ids that changed may be all that did: nobody at the declared host has the old one any more, a disk of the declared
 * name has another one, and that disk is in a relationship with the other end's. Firmware and drivers do that.
 */
function sameRelationship(declared: Declared, read: PerEnd<Reading>, found: PerEnd<FoundDisk>): Joined | null {
	const isListed = (end: End) => {
		const [reading, { insteadOf }] = [read[end], found[end]];
		return insteadOf !== null && !(reading instanceof ReplicationError) && listedBy(reading, insteadOf).length > 0;
	};
	const disks = { source: found.source.disk, target: found.target.disk };
	const isOneDisk = disks.source !== null && disks.source.objectId === disks.target?.objectId;
	if (isOneDisk || ends.some(isListed)) return null;
	const joined = join(declared, read, disks);
	return joined.links.source === null && joined.links.target === null ? null : joined;
}

function movedNames(declared: Declared, read: PerEnd<Reading>, found: PerEnd<FoundDisk>, moved: readonly End[]) {
	return moved.flatMap((end) => {
		const [reading, { disk, insteadOf }] = [read[end], found[end]];
		if (disk === null || insteadOf === null || reading instanceof ReplicationError) return [];
		const { host, virtualDisk } = declared.ends[end];
		const before = listedBy(reading, insteadOf)[0];
		return [
			{ end, host, virtualDisk, meant: insteadOf, means: idIn(reading, disk), nameNow: before?.friendlyName ?? null },
		];
	});
}

/** All relationships that an end's host lists of its disk; none where that is not known. */
function linksOf(
	end: End,
	declared: Declared,
	read: PerEnd<Reading>,
	disks: PerEnd<DiskFact | null>,
	own: string | null,
): readonly RelationshipFact[] {
	const [reading, disk] = [read[end], disks[end]];
	if (reading instanceof ReplicationError) return [];
	const { linksByObjectId, linksByUniqueId } = indexOf(reading);
	if (disk === null) return (own === null ? undefined : linksByUniqueId.get(own.toLowerCase())) ?? [];
	return listingsMeant(end, declared, read, disks).flatMap(
		({ objectId }) => linksByObjectId.get(objectId.toLowerCase()) ?? [],
	);
}

/**
 * The id of an end that is not read. Ends declared the other way round than state knows them: it is the other one's.
 * Declared by the id that the other end's host knows it by, it is that one.
 */
function knownIdOf(end: End, declared: Declared, read: PerEnd<Reading>, disks: PerEnd<DiskFact | null>): string | null {
	const { knownIds, ends: declaredEnds } = declared;
	const other = otherEnd(end);
	const seen = disks[other];
	if (seen !== null && read[end] instanceof ReplicationError) {
		const links = linksOf(other, declared, read, disks, null);
		const named = links.find(({ peerUniqueId }) => sameId(peerUniqueId, declaredEnds[end].virtualDisk));
		if (named !== undefined) return named.peerUniqueId;
	}
	// A name that the last run did not know is no name of a disk that it saw: to act on that one would be to act on another.
	if (read[end] instanceof ReplicationError && isDeclaredAnew(end, declared)) {
		const { virtualDisk } = declaredEnds[end];
		return ends.map((each) => knownIds[each]).find((id) => id !== null && sameId(id, virtualDisk)) ?? null;
	}
	const known = knownIds[end];
	return seen !== null && known !== null && hasId(seen, known) ? knownIds[other] : known;
}

/** A refresh and a removal mean the disks of the state; a target that was just made is the one that this run made. */
function isDeclaredAnew(end: End, declared: Declared): boolean {
	if (declared.idsFirst === true || (end === "target" && declared.justMade === true)) return false;
	return isNewlyDeclared(end, declared);
}

/**
 * The name that a peer is listed by says nothing of a host that the last run did not name: others have disks of that name.
 * Nor of the target of a copy that its own host was read without: another copy of the source would be taken for the one that
 * is to be made.
 */
function namesPeer(end: End, declared: Declared, reading: Reading): boolean {
	const { kind = "Mirror" } = declared;
	if (kind !== "Mirror" && !(reading instanceof ReplicationError)) return false;
	const { host } = declared.ends[end];
	return !isDeclaredAnew(end, declared) || (declared.meant ?? []).some((named) => named.host === host);
}

/**
 * A host that answers and does not list a disk that state knows has lost sight of it or of its array: that end was not
 * read. Unless the other host shows its disk and no relationship: then the disk was removed, and both say that it is gone.
 */
function unlisted(
	end: End,
	declared: Declared,
	read: PerEnd<Reading>,
	disks: PerEnd<DiskFact | null>,
	links: PerEnd<RelationshipFact | null>,
): ReplicationError | null {
	const unread = unreadOf(read[end]);
	const known = declared.knownIds[end];
	const other = otherEnd(end);
	if (unread !== null || known === null || disks[end] !== null || declared.namesMustResolve) return unread;
	if ((end === "target" && declared.justMade) || (disks[other] !== null && links[other] === null)) return null;
	return new ReplicationError({
		code: errorCodes.hostUnreachable,
		class: "transport",
		what: `host ${declared.ends[end].host} answers and does not list the disk ${declared.hideNames ? `of the ${end}` : known}: it was removed, or the host has lost contact to its array.`,
		dataSafety: "what it holds is not known; nothing was changed.",
		remedy:
			"restore the contact; if the disk is gone for good, end the relationship with the array's own tools and run pulumi state delete.",
	});
}

/** The listings of this end's disk with the other end's. The peer is matched by id, or by name while its id is not known. */
function linksBetween(
	end: End,
	declared: Declared,
	read: PerEnd<Reading>,
	disks: PerEnd<DiskFact | null>,
	ids: PerEnd<string | null>,
): readonly RelationshipFact[] {
	const other = otherEnd(end);
	const [peer, peerDisk, peerReading] = [ids[other], disks[other], read[other]];
	const peerName = declared.ends[other].virtualDisk;
	const links = linksOf(end, declared, read, disks, ids[end]);
	const matches = links.filter((link) => {
		if (peerDisk !== null && !(peerReading instanceof ReplicationError))
			return leadsTo(link, disks[end], peerDisk, peerReading);
		if (peer === null)
			return (
				sameId(link.peerUniqueId, peerName) ||
				(namesPeer(other, declared, peerReading) && sameId(link.peerName, peerName))
			);
		return sameId(link.peerUniqueId, peer);
	});
	const peerIsUnread = peerReading instanceof ReplicationError;
	const oneOfSeveral = peer === null && new Set(matches.map(({ peerUniqueId }) => peerUniqueId.toLowerCase())).size > 1;
	// An unread disk of the declared name by another id than is known: its id may have changed, or it is another one.
	const mayBeAmongThem =
		peerIsUnread && (peer === null ? links.length > 0 : links.some((link) => sameId(link.peerName, peerName)));
	if (oneOfSeveral || (matches.length === 0 && mayBeAmongThem)) throw peerNotNamed(end, declared, links);
	return ofKindMeant(matches, declared);
}

/**
 * Two disks may be in a mirror and in a copy at once: the one that is meant counts. Where there is none of that kind the
 * other one is told, so that it is refused by its kind; but nothing of another resource is ever removed. What a mirror's
 * removal finds of a kind without a name may be that mirror.
 */
function ofKindMeant(links: readonly RelationshipFact[], { kind = "Mirror", anyRoles }: Declared) {
	const meant = links.filter(({ syncType }) => isOfKind(syncTypeOf(syncType), kind));
	if (meant.length > 0) return meant;
	if (anyRoles !== true) return links;
	return kind === "Mirror" ? links.filter(({ syncType }) => isUnknown(syncTypeOf(syncType))) : [];
}

/** A host that may hide a relationship of this disk has not said that there is none. */
function refuseHidden(
	end: End,
	declared: Declared,
	read: PerEnd<Reading>,
	ids: PerEnd<string | null>,
	disks: PerEnd<DiskFact | null>,
): void {
	const reading = read[end];
	if (reading instanceof ReplicationError) return;
	const hidden = hiddenRelationship(reading, disks[end], ids[end]);
	if (hidden !== undefined) throw notToBeTold(end, declared, hidden, "whether this relationship is there");
}

/** To read this as "no relationship" would turn a name that a host spells in its own way into absence. */
function peerNotNamed(end: End, declared: Declared, links: readonly RelationshipFact[]): ReplicationError {
	const [own, other] = [shownEnd(declared, end), shownEnd(declared, otherEnd(end))];
	const peers = links.map(({ peerUniqueId }) => peerUniqueId).join(", ");
	return new ReplicationError({
		code: errorCodes.peerNotNamed,
		// Not the user's mistake but something that is not known: refresh and delete keep what they have.
		class: "transport",
		property: `${otherEnd(end)}.virtualDisk`,
		what: `host ${own.host} lists ${own.virtualDisk} in relationships with ${declared.hideNames ? `${links.length} peers` : peers}, and whether one of them is ${other.virtualDisk} cannot be told while host ${other.host} is not read.`,
		dataSafety: "yes, nothing was changed.",
		remedy: `declare the ${otherEnd(end)} by its UniqueId, or restore contact to its host once.`,
	});
}

function withPeerIds(ids: PerEnd<string | null>, links: PerEnd<RelationshipFact | null>): PerEnd<string | null> {
	return {
		source: ids.source ?? links.target?.peerUniqueId ?? null,
		target: ids.target ?? links.source?.peerUniqueId ?? null,
	};
}
