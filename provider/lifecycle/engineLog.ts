import { errorCodes } from "../model/errorCodes";
import { ReplicationError } from "../model/replicationError";

/** What a person sees under the resource; `ephemeral` replaces the status on its row and is gone afterwards. */
export interface ResourceLog {
	info(message: string, options?: { readonly ephemeral?: boolean }): void;
	warning(message: string): void;
	/** Resolves when the engine took a message, throws `engineGone` when it is not there any more. */
	fence(): Promise<void>;
}

/** Severities of the engine's log (pulumi/engine.proto). */
const severities = { debug: 0, info: 1, warning: 2 } as const;

/** How long the engine may take to answer before it counts as gone. It answers in milliseconds. */
const answerMs = 10_000;

/**
 * The engine's log service. A provider is not told its resource's URN by the engine, so the resource class hands it
 * over; with it a message stands under its own resource instead of the stack's. The SDK's console goes to the stack.
 */
export class EngineLog {
	/** The engine's; all provider processes of one run have the same. */
	readonly address: string | undefined;
	private service: Promise<LogService> | null = null;
	private gone = false;
	/** Check and diff come upon the same; one warning of it is enough. */
	private readonly warned = new Set<string>();
	/** One message after the other: told out of order, a run reads as if it had happened otherwise. */
	private sent: Promise<unknown> = Promise.resolve();

	/** The address is the last argument of a dynamic provider's process; without one (unit tests, CLI) nothing is logged. */
	constructor(address: string | undefined) {
		this.address = address;
	}

	get isGone(): boolean {
		return this.gone;
	}

	forResource(urn: string): ResourceLog {
		const send = (severity: keyof typeof severities, message: string, ephemeral: boolean) => {
			this.send(urn, severity, message, ephemeral).catch(() => {
				this.gone = true;
			});
		};
		return {
			info: (message, options) => send("info", message, options?.ephemeral ?? false),
			warning: (message) => {
				const key = `${urn} ${message}`;
				if (!this.warned.has(key)) send("warning", message, false);
				this.warned.add(key);
			},
			fence: async () => {
				try {
					await this.send(urn, "debug", "about to send an operation", false);
				} catch (error) {
					this.gone = true;
					throw engineGone(error);
				}
			},
		};
	}

	private send(urn: string, severity: keyof typeof severities, message: string, ephemeral: boolean): Promise<void> {
		const sending = this.sent.then(() => this.sendNow(urn, severity, message, ephemeral));
		this.sent = sending.catch(() => {});
		return sending;
	}

	private async sendNow(
		urn: string,
		severity: keyof typeof severities,
		message: string,
		ephemeral: boolean,
	): Promise<void> {
		if (this.address === undefined) return;
		this.service ??= connect(this.address);
		await (await this.service)({ urn, severity: severities[severity], message, ephemeral });
	}
}

/** Before every operation the engine is asked for a sign of life: a provider outlives an engine that was killed. */
function engineGone(cause: unknown): ReplicationError {
	return new ReplicationError(
		{
			code: errorCodes.engineGone,
			class: "safety",
			what: "the Pulumi engine that ordered this run does not answer any more.",
			dataSafety: "yes; nothing further was sent.",
			remedy: "run `pulumi cancel`, then `pulumi up`: it observes first and goes on.",
		},
		{ cause },
	);
}

type LogService = (entry: { urn: string; severity: number; message: string; ephemeral: boolean }) => Promise<void>;

async function connect(address: string): Promise<LogService> {
	// Loaded when first needed: the CLI and the tests of pure parts never need a gRPC stack. `require`, because the
	// generated modules assign their exports in ways that `import()` cannot see.
	const grpc = require("@grpc/grpc-js") as typeof import("@grpc/grpc-js");
	const { EngineClient } =
		require("@pulumi/pulumi/proto/engine_grpc_pb") as typeof import("@pulumi/pulumi/proto/engine_grpc_pb.js");
	const messages = require("@pulumi/pulumi/proto/engine_pb") as typeof import("@pulumi/pulumi/proto/engine_pb.js");
	const client = new EngineClient(address, grpc.credentials.createInsecure());
	return ({ urn, severity, message, ephemeral }) =>
		new Promise((resolve, reject) => {
			const request = new messages.LogRequest();
			request.setUrn(urn);
			request.setSeverity(severity as Parameters<typeof request.setSeverity>[0]);
			request.setMessage(message);
			request.setEphemeral(ephemeral);
			client.log(request, new grpc.Metadata(), { deadline: Date.now() + answerMs }, (error: Error | null) =>
				error === null ? resolve() : reject(error),
			);
		});
}
