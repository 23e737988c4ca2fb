import * as z from "zod";

/** One step of a preview: what the engine would do with a resource. */
export interface PreviewStep {
	readonly op: string;
	readonly urn: string;
	/** Null: nothing is there afterwards. */
	readonly inputs: Inputs | null;
	/** What is there before; null: nothing. */
	readonly old: { readonly inputs: Inputs; readonly ended: unknown; readonly isRetained: boolean } | null;
}

export type Inputs = Readonly<Record<string, unknown>>;

/** What was told under a resource; without a URN it was told of the whole stack. */
export interface PreviewDiagnostic {
	readonly urn: string | null;
	readonly severity: string;
	readonly message: string;
}

export interface Preview {
	readonly steps: readonly PreviewStep[];
	readonly diagnostics: readonly PreviewDiagnostic[];
}

/**
 * Reads what `pulumi preview --json` prints: one document, or with PULUMI_ENABLE_STREAMING_JSON_PREVIEW one event a line
 * (pulumi/pulumi, pkg/display/json.go and sdk/go/common/apitype/events.go). Null: it is neither. An event or a step
 * that does not have the form that is known makes the whole text unreadable, because a summary that left it out would
 * tell a plan smaller than it is.
 */
export function readPreview(text: string): Preview | null {
	const whole = jsonIn(text);
	if (whole !== undefined && !eventSchema.safeParse(whole).success) {
		const document = documentSchema.safeParse(whole);
		return document.success ? fromDocument(document.data) : null;
	}
	const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
	const events = lines.map((line) => eventSchema.safeParse(jsonIn(line)));
	if (events.length === 0 || events.some(({ success }) => !success)) return null;
	return fromEvents(events.flatMap(({ data }) => data ?? []));
}

function jsonIn(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

const state = z.object({ inputs: z.record(z.string(), z.unknown()).nullish() });
const oldState = state.extend({
	outputs: z.record(z.string(), z.unknown()).nullish(),
	retainOnDelete: z.boolean().nullish(),
});
const step = z.object({ op: z.string(), urn: z.string(), newState: state.nullish(), oldState: oldState.nullish() });
const severity = z.string().regex(/^[\w#]+$/);
const diagnostic = z.object({ urn: z.string().nullish(), severity, message: z.string().nullish() });
const documentSchema = z
	.object({
		steps: z.array(step).nullish(),
		diagnostics: z.array(diagnostic).nullish(),
		changeSummary: z.record(z.string(), z.number()).nullish(),
	})
	// Any object has none of the three.
	.refine(({ steps, diagnostics, changeSummary }) => [steps, diagnostics, changeSummary].some(Boolean));

function fromDocument({ steps, diagnostics }: z.infer<typeof documentSchema>): Preview {
	return {
		steps: (steps ?? []).map(({ op, urn, newState, oldState }) => stepOf(op, urn, newState, oldState)),
		diagnostics: (diagnostics ?? []).map(asDiagnostic),
	};
}

const eventSchema = z.object({
	sequence: z.number(),
	timestamp: z.number(),
	resourcePreEvent: z
		.object({ metadata: z.object({ op: z.string(), urn: z.string(), new: state.nullish(), old: oldState.nullish() }) })
		.optional(),
	diagnosticEvent: diagnostic.extend({ ephemeral: z.boolean().nullish() }).optional(),
});

/** The document leaves out what is told for the display alone (json.go); so does this. */
function fromEvents(events: readonly z.infer<typeof eventSchema>[]): Preview {
	return {
		steps: events.flatMap(({ resourcePreEvent }) => {
			if (resourcePreEvent === undefined) return [];
			const { op, urn, new: next, old } = resourcePreEvent.metadata;
			return [stepOf(op, urn, next, old)];
		}),
		diagnostics: events.flatMap(({ diagnosticEvent }) =>
			diagnosticEvent === undefined || diagnosticEvent.ephemeral === true || diagnosticEvent.severity === "debug"
				? []
				: [asDiagnostic(diagnosticEvent)],
		),
	};
}

function stepOf(
	op: string,
	urn: string,
	next: z.infer<typeof state> | null | undefined,
	old: z.infer<typeof oldState> | null | undefined,
): PreviewStep {
	return {
		op,
		urn,
		inputs: next ? (next.inputs ?? {}) : null,
		old: old ? { inputs: old.inputs ?? {}, ended: old.outputs?.ended, isRetained: old.retainOnDelete === true } : null,
	};
}

function asDiagnostic({ urn, severity, message }: z.infer<typeof diagnostic>): PreviewDiagnostic {
	// The engine puts it before the message once more (measured, 3.230).
	const text = withoutColors(message ?? "").replace(new RegExp(`^${severity}: `), "");
	return { urn: urn || null, severity, message: text };
}

/** `<{%fg 3%}>`: the engine's own marks of colour (pulumi/pulumi, sdk/go/common/diag/colors). */
function withoutColors(text: string): string {
	return text.replace(/<\{%[^%]*%\}>/g, "");
}
