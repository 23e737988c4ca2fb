import type { SimulatedClock } from "../../provider/executor/clock";
import type { Host } from "../../provider/executor/host";
import { connectSimulator } from "../../provider/hosts/simulator";
import type { WorldInMemory } from "../../provider/hosts/simulator/worldStore";
import { EngineLog } from "../../provider/lifecycle/engineLog";
import { Session } from "../../provider/lifecycle/session";
import { errorCodes } from "../../provider/model/errorCodes";
import { ReplicationError } from "../../provider/model/replicationError";
import { type Consent, consentIn } from "./printed";
import type { Wire } from "./wire";

/** What a provider's process is started with, and who hears it. */
export interface Start {
	readonly wire: Wire;
	readonly clock: SimulatedClock;
	/** A host as the judge watches it. */
	readonly connect: (name: string) => Host;
	/** Tokens of the stack's configuration. */
	readonly given: readonly Consent[];
	readonly engineIsGone: () => boolean;
	readonly hear: (urn: string, text: string) => void;
	readonly printed: (consent: Consent) => void;
}

/** A provider's process: everything that it waits for goes over the wire. */
export function startProcess({ wire, clock, connect, given, engineIsGone, hear, printed }: Start): Session {
	const log = new EngineLog(undefined);
	log.forResource = (urn) => ({
		info: (text) => hear(urn, text),
		warning: (text) => {
			hear(urn, text);
			const consent = consentIn(urn, text, clock.now());
			if (consent !== null) printed(consent);
		},
		fence: () =>
			wire.wait("the engine's word", async () => {
				if (engineIsGone()) throw noEngine();
			}),
	});
	const session = new Session(wire.clock(clock), log, (name) => wire.host(connect(name)));
	session.exitWhenIdle = () => {};
	session.configure((key) =>
		key === "storageReplication:approvals" ? given.map(({ token }) => token).join(",") : undefined,
	);
	return session;
}

/** A host of the world. Its methods are the prototype's; whoever wraps a host spreads it. */
export function hostOf(store: WorldInMemory, clock: SimulatedClock, name: string) {
	const host = connectSimulator({ name, file: store, now: () => clock.now() });
	return {
		name: host.name,
		address: host.address,
		discovers: host.discovers,
		maxConcurrent: host.maxConcurrent,
		observe: host.observe.bind(host),
		observeDisks: host.observeDisks.bind(host),
		capabilities: host.capabilities.bind(host),
		setReplicationRelationship: host.setReplicationRelationship.bind(host),
		createReplica: host.createReplica.bind(host),
		...(host.groups === undefined ? {} : { groups: host.groups }),
		job: host.job.bind(host),
		affectedDisks: host.affectedDisks.bind(host),
		discover: host.discover.bind(host),
		discoverArrays: host.discoverArrays.bind(host),
		ping: host.ping.bind(host),
		close: host.close.bind(host),
	};
}

function noEngine(): ReplicationError {
	return new ReplicationError({
		code: errorCodes.engineGone,
		class: "safety",
		what: "the Pulumi engine that ordered this run does not answer any more.",
		dataSafety: "yes; nothing further was sent.",
		remedy: "run `pulumi cancel`, then `pulumi up`: it observes first and goes on.",
	});
}
