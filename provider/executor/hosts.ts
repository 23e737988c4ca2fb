import type { Capabilities } from "../model/capabilities";
import { errorCodes } from "../model/errorCodes";
import { ReplicationError } from "../model/replicationError";
import type { Clock } from "./clock";
import type {
	CallAnswer,
	CapabilitiesRequest,
	CreateReplicaRequest,
	DiscoverAnswer,
	DiscoverPolicy,
	DiskFact,
	Host,
	HostObservation,
	ReplicationGroups,
	SetRelationshipRequest,
	Unread,
} from "./host";
import { indexOf } from "./observationIndex";
import { Turns } from "./turns";
import { undiscovered } from "./undiscovered";

/** How long an observation may serve checks and diffs: one preview of hundreds of relationships reads each host once. */
const observationLifeMs = 30_000;

/** Makes the connection to a host that the configuration names; throws `unknownHost` for one it does not. */
export type ConnectHost = (name: string) => Host;

/**
 * The hosts of one process. Reading is shared: whoever asks while a reading is under way that began after the question
 * gets the same answer, so round trips grow with hosts and not with relationships. Changing drops what was read.
 */
export class Hosts {
	private readonly connect: ConnectHost;
	private readonly clock: Clock;
	private readonly known = new Map<string, Contact>();
	readonly turns = new Turns();

	constructor(connect: ConnectHost, clock: Clock) {
		this.connect = connect;
		this.clock = clock;
	}

	/** Our own clock, for what no host's tells. */
	now(): number {
		return this.clock.now();
	}

	get(name: string): Host {
		return this.contact(name).host;
	}

	/**
	 * A reading at most 30 s old, but for the disks that were `touched` since. A failed one counts as well: one dead host
	 * must not cost every relationship a time-out.
	 */
	observe(name: string): Promise<HostObservation> {
		return this.recent(name) ?? this.observeAfresh(name);
	}

	/** The last reading of everything, if it is at most 30 s old. */
	recent(name: string): Promise<HostObservation> | null {
		const { last } = this.contact(name);
		if (last === null) return null;
		// A machine that slept may show it on the wall clock only.
		const ageMs = Math.max(this.clock.monotonic() - last.startedAtMs, this.clock.now() - last.startedAtWallMs);
		return ageMs <= observationLifeMs ? last.reading : null;
	}

	/** Whether any disk of this host was called upon in this process. */
	touchedAny(name: string): boolean {
		return (this.known.get(name)?.touchedAtMs.size ?? 0) > 0;
	}

	/** Whether one of these disks was called upon since the last reading of everything began. */
	touched(name: string, disks: readonly DiskFact[]): boolean {
		const { last, touchedAtMs } = this.contact(name);
		return disks.some(({ objectId, uniqueId }) =>
			[objectId, uniqueId].some(
				(id) => (touchedAtMs.get(id.toLowerCase()) ?? Number.NEGATIVE_INFINITY) >= (last?.startedAtMs ?? 0),
			),
		);
	}

	/**
	 * Some disks by key, by a request that begins after this call. Whoever asks while one is under way shares the next:
	 * what the looks of many relationships at once cost grows with how long a request takes, not with their number.
	 * `null`: everything has to be read.
	 */
	observeDisks(name: string, objectIds: readonly string[]): Promise<HostObservation | null> {
		const contact = this.contact(name);
		if (contact.nextByKey === null) {
			const ids = new Set<string>();
			const begun = Promise.resolve(contact.byKey).then(() => {
				contact.nextByKey = null;
				return contact.host.observeDisks([...ids]);
			});
			contact.nextByKey = { ids, reading: begun };
			contact.byKey = begun.then(
				() => undefined,
				() => {
					// What a host said before it fell silent is not recent any more.
					contact.last = null;
				},
			);
		}
		for (const id of objectIds) contact.nextByKey.ids.add(id);
		return contact.nextByKey.reading;
	}

	/** A reading that begins after this call. Callers that come while one is under way share the next one. */
	observeAfresh(name: string): Promise<HostObservation> {
		const contact = this.contact(name);
		if (contact.next !== null) return contact.next;
		const before = contact.current;
		if (before === null) return this.read(contact);
		const next = before.then(
			() => this.read(contact),
			() => this.read(contact),
		);
		contact.next = next;
		return next;
	}

	/** Since when all of these hosts have been read in this process, and when the oldest of their latest readings began. */
	watched(names: readonly string[]): { readonly sinceMs: number; readonly lookedAtMs: number } {
		const contacts = [...new Set(names)]
			.map((name) => this.contact(name))
			.filter(({ firstReadAtMs }) => firstReadAtMs !== null);
		const now = this.clock.monotonic();
		return {
			sinceMs: Math.max(...contacts.map(({ firstReadAtMs }) => firstReadAtMs ?? now)),
			lookedAtMs: Math.min(...contacts.map(({ lastReadAtMs }) => lastReadAtMs ?? now)),
		};
	}

	async capabilities(name: string, request: CapabilitiesRequest): Promise<Capabilities> {
		const contact = this.contact(name);
		const key = `${request.subsystem}\n${request.replicationType}\n${request.of ?? "element"}`;
		const cached = contact.capabilities.get(key);
		if (cached !== undefined) return cached;
		const asked = contact.host.capabilities(request);
		contact.capabilities.set(key, asked);
		asked.catch(() => contact.capabilities.delete(key));
		return asked;
	}

	async setReplicationRelationship(name: string, request: SetRelationshipRequest): Promise<CallAnswer> {
		try {
			return await this.get(name).setReplicationRelationship(request);
		} finally {
			this.touch(name, request.diskObjectId, request.peerUniqueId);
		}
	}

	async createReplica(name: string, request: CreateReplicaRequest): Promise<CallAnswer> {
		try {
			return await this.get(name).createReplica(request);
		} finally {
			this.touch(name, request.sourceDiskObjectId, request.targetDiskUniqueId);
		}
	}

	/**
	 * Calls on replication groups. A call to a group moves disks that it does not name, and groups have no key: after one,
	 * nothing that was read counts any more.
	 */
	async callGroups<Answer extends CallAnswer>(
		name: string,
		call: (groups: ReplicationGroups) => Promise<Answer>,
	): Promise<Answer> {
		const { groups } = this.get(name);
		if (groups === undefined) throw noGroups(name);
		try {
			return await call(groups);
		} finally {
			for (const contact of this.known.values()) contact.last = null;
		}
	}

	async discover(name: string, diskObjectId: string): Promise<DiscoverAnswer> {
		let answer: DiscoverAnswer;
		try {
			answer = await this.get(name).discover({ diskObjectId });
		} finally {
			this.touch(name, diskObjectId);
		}
		// What another provider lists since this Discover has no key yet, and it may tell of the disk in another way. After the
		// touch, which knows the disk by this reading.
		if (answer.severalProviders) this.contact(name).last = null;
		return answer;
	}

	discovers(name: string): DiscoverPolicy {
		return this.contact(name).host.discovers;
	}

	/**
	 * Nothing that is missing in a reading of this host need be looked for any more. Not while a Discover is on its way:
	 * what was read before its end says nothing of what it finds.
	 */
	hasDiscovered(name: string): boolean {
		const { host, discovery } = this.contact(name);
		return host.discovers === "never" || this.holds(discovery);
	}

	/** Arrays, or parts of them, that the last Discover of this host did not reach. */
	undiscovered(name: string): readonly Unread[] {
		return this.contact(name).discovery?.undiscovered ?? [];
	}

	/**
	 * Has a host discover its arrays, once in this process: whoever asks meanwhile waits for the same. What it could not
	 * discover is unread in every reading from then on, and after 30 s it is asked again. `anew`, or where the last Discover
	 * began before a moment, it is asked in any case.
	 */
	async discoverArrays(
		name: string,
		{ anew = false, begunAfterMs }: { readonly anew?: boolean; readonly begunAfterMs?: number } = {},
	): Promise<void> {
		const contact = this.contact(name);
		const isUnderWay = contact.discovery !== null && contact.discovery.holdsUntilMs === null;
		const isOld = begunAfterMs !== undefined && (contact.discovery?.begunAtMs ?? begunAfterMs) <= begunAfterMs;
		if (anew || isOld || (!isUnderWay && !this.holds(contact.discovery))) {
			contact.discovery = this.discovery(contact, name);
		}
		await contact.discovery?.ended;
	}

	private holds(discovery: Discovery | null): boolean {
		const until = discovery?.holdsUntilMs ?? null;
		return until !== null && this.clock.monotonic() <= until;
	}

	private discovery(contact: Contact, name: string): Discovery {
		const discovery: Discovery = {
			begunAtMs: this.clock.monotonic(),
			holdsUntilMs: null,
			undiscovered: [],
			ended: Promise.resolve(),
		};
		discovery.ended = contact.host
			.discoverArrays()
			.catch((error: unknown) => {
				const known = readingError(name, error);
				if (known.facts.class !== "transport") throw known;
				return undiscovered(null, known.facts.what, known.facts.remedy);
			})
			.then((parts) => {
				discovery.undiscovered = parts;
				contact.last = null;
				discovery.holdsUntilMs =
					parts.length === 0 ? Number.POSITIVE_INFINITY : this.clock.monotonic() + observationLifeMs;
			})
			.catch((error: unknown) => {
				if (contact.discovery === discovery) contact.discovery = null;
				throw error;
			});
		return discovery;
	}

	/** Runs a transition when each of its hosts has a place for it. Names are taken in order, so that two cannot block each other. */
	async withPlaces<T>(names: readonly string[], transition: () => Promise<T>): Promise<T> {
		const contacts = [...new Set(names)].sort().map((name) => this.contact(name));
		const held: Contact[] = [];
		try {
			for (const contact of contacts) {
				await takePlace(contact);
				held.push(contact);
			}
			return await transition();
		} finally {
			for (const contact of held) leavePlace(contact);
		}
	}

	async close(): Promise<void> {
		await Promise.allSettled([...this.known.values()].map(({ host }) => host.close()));
		this.known.clear();
	}

	/** Both ends change when one is told to, at whatever host they are listed. */
	private touch(name: string, diskObjectId: string, peerUniqueId: string | null = null): void {
		const atMs = this.clock.monotonic();
		const seen = this.contact(name).last?.seen ?? null;
		const disk = seen === null ? undefined : indexOf(seen).byObjectId.get(diskObjectId.toLowerCase());
		const ids = [diskObjectId, disk?.uniqueId, peerUniqueId].flatMap((id) => (id ? [id.toLowerCase()] : []));
		for (const contact of this.known.values()) for (const id of ids) contact.touchedAtMs.set(id, atMs);
	}

	private read(contact: Contact): Promise<HostObservation> {
		contact.next = null;
		const reading = this.reading(contact);
		contact.current = reading;
		const startedAtMs = this.clock.monotonic();
		const last: LastReading = { startedAtMs, startedAtWallMs: this.clock.now(), reading, seen: null };
		contact.last = last;
		contact.firstReadAtMs ??= startedAtMs;
		contact.lastReadAtMs = startedAtMs;
		const end = () => {
			if (contact.current === reading) contact.current = null;
		};
		reading.then((seen) => {
			last.seen = seen;
			end();
		}, end);
		return reading;
	}

	private async reading(contact: Contact): Promise<HostObservation> {
		const { host } = contact;
		if (host.discovers === "always") {
			contact.discovery ??= this.discovery(contact, host.name);
			await contact.discovery.ended;
		}
		const observation = await host.observe();
		const undiscovered = contact.discovery?.undiscovered ?? [];
		return undiscovered.length === 0
			? observation
			: { ...observation, unread: [...observation.unread, ...undiscovered] };
	}

	private contact(name: string): Contact {
		let contact = this.known.get(name);
		if (contact === undefined) {
			contact = {
				host: this.connect(name),
				last: null,
				firstReadAtMs: null,
				lastReadAtMs: null,
				current: null,
				next: null,
				touchedAtMs: new Map(),
				byKey: null,
				nextByKey: null,
				capabilities: new Map(),
				discovery: null,
				taken: 0,
				waiting: [],
			};
			this.known.set(name, contact);
		}
		return contact;
	}
}

interface Contact {
	readonly host: Host;
	last: LastReading | null;
	firstReadAtMs: number | null;
	lastReadAtMs: number | null;
	current: Promise<HostObservation> | null;
	next: Promise<HostObservation> | null;
	/** When a disk was last called upon, by its ids. */
	readonly touchedAtMs: Map<string, number>;
	/** The end of the request by key that is under way or will be; the one that whoever comes now shares. */
	byKey: Promise<void> | null;
	nextByKey: { readonly ids: Set<string>; readonly reading: Promise<HostObservation | null> } | null;
	readonly capabilities: Map<string, Promise<Capabilities>>;
	discovery: Discovery | null;
	taken: number;
	readonly waiting: (() => void)[];
}

interface LastReading {
	readonly startedAtMs: number;
	readonly startedAtWallMs: number;
	readonly reading: Promise<HostObservation>;
	/** What it saw, once it has ended well. */
	seen: HostObservation | null;
}

interface Discovery {
	readonly begunAtMs: number;
	/** Until when its end counts; `null`: it is on its way. */
	holdsUntilMs: number | null;
	undiscovered: readonly Unread[];
	ended: Promise<void>;
}

function takePlace(contact: Contact): Promise<void> | undefined {
	if (contact.taken < contact.host.maxConcurrent) {
		contact.taken++;
		return undefined;
	}
	return new Promise((resolve) => contact.waiting.push(resolve));
}

function leavePlace(contact: Contact): void {
	const next = contact.waiting.shift();
	if (next === undefined) contact.taken--;
	else next();
}

/** A host that lists no groups was asked to steer one. */
export function noGroups(name: string): ReplicationError {
	return new ReplicationError({
		code: errorCodes.groupsNotSupported,
		class: "user",
		what: `host ${name} has no replication groups (MSFT_ReplicationGroup).`,
		dataSafety: "yes, nothing was changed.",
		remedy: "name the host whose storage provider has them, or declare the pairs one by one.",
	});
}

/** What a failed reading says. Anything but a host's own error is our mistake, and must not look like a silent host. */
export function readingError(name: string, error: unknown): ReplicationError {
	if (error instanceof ReplicationError) return error;
	return new ReplicationError(
		{
			code: errorCodes.internal,
			class: "internal",
			what: `an internal error while reading host ${name}: ${error instanceof Error ? error.message : String(error)}.`,
			dataSafety: "yes, nothing was changed.",
			remedy: "report it with the configuration of that host.",
		},
		{ cause: error },
	);
}
