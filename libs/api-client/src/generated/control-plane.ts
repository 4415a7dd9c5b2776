/** Made by `npm run generate` from the OpenAPI document of the control plane. */

export interface paths {
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["HealthController_alive"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["HealthController_ready"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["MetricsController_read"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the tokens that open the API, by name, without the tokens themselves */
        get: operations["AccessTokenController_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the audit ledger, newest first */
        get: operations["AuditController_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/artifacts/{sha256}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Download a file or a byte range of it */
        get: operations["ArtifactController_get"];
        /** Upload a file; its bytes must have the digest that names it */
        put: operations["ArtifactController_put"];
        post?: never;
        delete?: never;
        options?: never;
        /** Is this file stored, and how long is it? */
        head: operations["ArtifactController_head"];
        patch?: never;
        trace?: never;
    };
    "/v1/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List models */
        get: operations["ModelController_list"];
        put?: never;
        /** Create a model */
        post: operations["ModelController_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/models/{model}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a model */
        get: operations["ModelController_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/models/{model}/cloud": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Choose the version that answers in the cloud */
        put: operations["ModelController_serve"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/models/{model}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the versions of a model */
        get: operations["VersionController_list"];
        put?: never;
        /** Validate and store a version whose files are uploaded */
        post: operations["VersionController_push"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/models/{model}/versions/{version}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a version */
        get: operations["VersionController_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/models/{model}/versions/{version}/release": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Release a validated version */
        post: operations["VersionController_release"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/compressions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List compressions, newest first */
        get: operations["CompressionController_list"];
        put?: never;
        /** Make variants of a version; the result is a new version */
        post: operations["CompressionController_start"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/compressions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a compression */
        get: operations["CompressionController_show"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/compressions/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End a compression that waits or runs */
        post: operations["CompressionController_cancel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/compressions/{id}/report": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a compression made and measured: hamon.compress-report/1 */
        get: operations["CompressionController_report"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/compressions/{id}/report.html": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The same report as a page */
        get: operations["CompressionController_reportPage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/compressions/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Follow a compression: server-sent events, resumable by Last-Event-ID, ending with the compression */
        get: operations["CompressionController_follow"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/devices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List devices */
        get: operations["DeviceController_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/devices/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a device */
        get: operations["DeviceController_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Set and remove labels */
        patch: operations["DeviceController_label"];
        trace?: never;
    };
    "/v1/devices/{id}/retire": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Shut a device out for good: connection, key, desired state */
        post: operations["DeviceController_retire"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/enrolments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Enrol a device by token and proof of its own key */
        post: operations["EnrolmentController_enrol"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/enrolments/own": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tell a device, by its own token, that it is enrolled */
        get: operations["EnrolmentController_own"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/enrolment-tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List enrolment tokens */
        get: operations["EnrolmentTokenController_list"];
        put?: never;
        /** Make a token that lets devices in; it is shown in this answer only */
        post: operations["EnrolmentTokenController_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/enrolment-tokens/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Revoke an enrolment token: it no longer lets devices in */
        delete: operations["EnrolmentTokenController_revoke"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/time": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tell the server's time */
        get: operations["TimeController_now"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/devices/{device}/benchmarks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the benchmarks of a device, newest first */
        get: operations["BenchmarkController_list"];
        put?: never;
        /** Have a device measure every variant of a version in its idle time */
        post: operations["BenchmarkController_request"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/benchmarks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a benchmark */
        get: operations["BenchmarkController_show"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/benchmarks/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Cancel a benchmark; an ended one stays as it is */
        post: operations["BenchmarkController_cancel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/devices/{device}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List a device's events, newest first */
        get: operations["DeviceEventsController_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/devices/{device}/windows": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List a device's telemetry windows, newest first */
        get: operations["WindowsController_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/models/{model}/versions/{version}/choices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a rollout would put on which hardware class, and why */
        get: operations["ChoiceController_show"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/rollouts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List rollouts, newest first */
        get: operations["RolloutController_list"];
        put?: never;
        /** Start a rollout */
        post: operations["RolloutController_start"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/rollouts/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a rollout */
        get: operations["RolloutController_show"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/rollouts/{id}/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the devices of a rollout in the order in which it reaches them */
        get: operations["RolloutController_members"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/rollouts/{id}/latecomers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Devices that match now and are neither in the rollout nor in a later one */
        get: operations["RolloutController_latecomers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/rollouts/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Follow a rollout: server-sent events, resumable by Last-Event-ID, ending with the rollout */
        get: operations["RolloutController_follow"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/rollouts/{id}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Stop widening */
        post: operations["RolloutController_pause"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/rollouts/{id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Go on after a pause */
        post: operations["RolloutController_resume"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/rollouts/{id}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Let the next stage begin */
        post: operations["RolloutController_approve"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/rollouts/{id}/abort": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End a rollout, sending touched devices back where asked */
        post: operations["RolloutController_abort"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/devices/{id}/unassign": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take a model from a device */
        post: operations["UnassignmentController_unassign"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/models/{model}/versions/{version}/retire": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Retire a version: no new rollout, cloud model or measurement; devices that run it keep it */
        post: operations["VersionRetirementController_retire"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/inference/{model}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Answer one frame with the cloud model: an image, or a little-endian float32 tensor (with form=SHA256, refused where it was made for another input) */
        post: operations["InferenceController_infer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: never;
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    HealthController_alive: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    HealthController_ready: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    MetricsController_read: {
        parameters: {
            query?: never;
            header: {
                authorization: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    AccessTokenController_list: {
        parameters: {
            query?: {
                limit?: number;
                after?: string;
                count?: "true" | "false";
                where?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        schema: "hamon.tokens/1";
                        items: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                            /** Format: date-time */
                            createdAt: string;
                            /** Format: date-time */
                            revokedAt: string | null;
                        }[];
                        next: string | null;
                        total?: number;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        type: string;
                        title: string;
                        status: number;
                        detail: string;
                        code: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                    };
                };
            };
        };
    };
    AuditController_list: {
        parameters: {
            query?: {
                limit?: number;
                after?: string;
                count?: "true" | "false";
                where?: string;
                subject?: string;
                action?: string;
                actor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        schema: "hamon.audit/1";
                        items: {
                            id: string;
                            /** Format: date-time */
                            at: string;
                            actor: string;
                            action: string;
                            subject: string;
                            detail: {
                                [key: string]: unknown;
                            };
                        }[];
                        next: string | null;
                        total?: number;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        type: string;
                        title: string;
                        status: number;
                        detail: string;
                        code: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                    };
                };
            };
        };
    };
    ArtifactController_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sha256: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        type: string;
                        title: string;
                        status: number;
                        detail: string;
                        code: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                    };
                };
            };
        };
    };
    ArtifactController_put: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sha256: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/octet-stream": string;
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        schema: "hamon.artifact/1";
                        sha256: string;
                        length: number;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        type: string;
                        title: string;
                        status: number;
                        detail: string;
                        code: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                    };
                };
            };
        };
    };
    ArtifactController_head: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sha256: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        type: string;
                        title: string;
                        status: number;
                        detail: string;
                        code: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                    };
                };
            };
        };
    };
    ModelController_list: {
        parameters: {
            query?: {
                limit?: number;
                after?: string;
                count?: "true" | "false";
                where?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        schema: "hamon.models/1";
                        items: {
                            name: string;
                            task: string;
                            /** Format: date-time */
                            createdAt: string;
                            cloud: {
                                version: string;
                                variant: string;
                            } | null;
                        }[];
                        next: string | null;
                        total?: number;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        type: string;
                        title: string;
                        status: number;
                        detail: string;
                        code: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                    };
                };
            };
        };
    };
    ModelController_create: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    /** @enum {string} */
                    task: "classification";
                };
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        schema: "hamon.model/1";
                        name: string;
                        task: string;
                        /** Format: date-time */
                        createdAt: string;
                        cloud: {
                            version: string;
                            variant: string;
                        } | null;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        type: string;
                        title: string;
                        status: number;
                        detail: string;
                        code: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                    };
                };
            };
        };
    };
    ModelController_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                model: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        schema: "hamon.model/1";
                        name: string;
                        task: string;
                        /** Format: date-time */
                        createdAt: string;
                        cloud: {
                            version: string;
                            variant: string;
                        } | null;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        type: string;
                        title: string;
                        status: number;
                        detail: string;
                        code: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                    };
                };
            };
        };
    };
    ModelController_serve: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                model: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    version: string;
                    /** @default fp32 */
                    variant?: string;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        schema: "hamon.model/1";
                        name: string;
                        task: string;
                        /** Format: date-time */
                        createdAt: string;
                        cloud: {
                            version: string;
                            variant: string;
                        } | null;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        type: string;
                        title: string;
                        status: number;
                        detail: string;
                        code: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                    };
                };
            };
        };
    };
    VersionController_list: {
        parameters: {
            query?: {
                limit?: number;
                after?: string;
                count?: "true" | "false";
            };
            header?: never;
            path: {
                model: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        schema: "hamon.versions/1";
                        items: {
                            model: string;
                            version: string;
                            /** @enum {string} */
                            state: "draft" | "validated" | "released" | "retired";
                            labels: string[];
                            variants: {
                                name: string;
                                bundle: string;
                                lengthBytes: number;
                                modelBytes: number;
                            }[];
                            /** Format: date-time */
                            createdAt: string;
                            /** Format: date-time */
                            validatedAt: string | null;
                            /** Format: date-time */
                            releasedAt: string | null;
                            retired: {
                                /** Format: date-time */
                                at: string;
                                why: string;
                            } | null;
                            provenance?: {
                                /** Format: date-time */
                                createdAt: string;
                                model: string;
                                version: string;
                                machine: {
                                    hardwareClass: string;
                                    cpu: string;
                                    facts: {
                                        arch: string;
                                        platform: string;
                                        cores: number;
                                        memoryMb: number;
                                        node: string;
                                        onnxruntime: string;
                                        accelerators: string[];
                                        agent: string;
                                    };
                                };
                                provenance: {
                                    recipe: {
                                        [key: string]: unknown;
                                    };
                                    recipeSha256: string;
                                    tools: {
                                        [key: string]: string;
                                    };
                                    input: {
                                        file: string;
                                        bytes: number;
                                        sha256: string;
                                    };
                                    calibration?: {
                                        samples: number;
                                        sha256: string;
                                    };
                                    evaluation?: {
                                        samples: number;
                                        sha256: string;
                                    };
                                };
                                variants: {
                                    name: string;
                                    file: string;
                                    sha256: string;
                                    macs?: number;
                                    figures: {
                                        bytes: number;
                                        oneThread: {
                                            threads: number;
                                            runs: number;
                                            p50Ms: number;
                                            p95Ms: number;
                                        };
                                        allThreads?: {
                                            threads: number;
                                            runs: number;
                                            p50Ms: number;
                                            p95Ms: number;
                                        };
                                        rssMb: number;
                                        loadMs: number;
                                        samples: number;
                                        accuracy?: number;
                                        agreement?: number;
                                        outputError?: number;
                                    };
                                    evaluation?: {
                                        samples: number;
                                        accuracy?: number;
                                        balancedAccuracy?: number;
                                        agreement?: number;
                                    };
                                }[];
                                selection: {
                                    /** @enum {string} */
                                    kind: "chosen" | "unmeasured" | "none";
                                    variant?: string;
                                };
                            } | null;
                            profiles?: {
                                variant: string;
                                hardwareClass: string;
                                /** @enum {string} */
                                source: "compression" | "device";
                                device: string | null;
                                /** Format: date-time */
                                measuredAt: string;
                                figures: {
                                    bytes: number;
                                    oneThread: {
                                        threads: number;
                                        runs: number;
                                        p50Ms: number;
                                        p95Ms: number;
                                    };
                                    allThreads?: {
                                        threads: number;
                                        runs: number;
                                        p50Ms: number;
                                        p95Ms: number;
                                    };
                                    rssMb: number;
                                    loadMs: number;
                                    samples: number;
                                    accuracy?: number;
                                    agreement?: number;
                                    outputError?: number;
                                };
                            }[];
                            unfit?: {
                                variant: string;
                                hardwareClass: string;
                                device: string;
                                /** Format: date-time */
                                measuredAt: string;
                                reason: {
                                    /** @enum {string} */
                                    code: "chunk-unavailable" | "disk-full" | "bundle-invalid" | "model-unloadable" | "input-mismatch" | "labels-mismatch" | "golden-mismatch" | "output-not-finite" | "latency-budget" | "memory-budget" | "worker-crashed" | "worker-hung" | "label-collapse" | "error-rate" | "boot-loop" | "storage-error" | "sequence-exhausted" | "command-expired" | "command-replayed" | "no-memory" | "out-of-time" | "gave-up" | "cancelled" | "results-invalid";
                                    detail: string;
                                };
                            }[];
                        }[];
                        next: string | null;
                        total?: number;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        type: string;
                        title: string;
                        status: number;
                        detail: string;
                        code: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                    };
                };
            };
        };
    };
    VersionController_push: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                model: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    version: string;
                    bundle: {
                        /** @enum {string} */
                        schema: "hamon.bundle/1";
                        model: string;
                        version: string;
                        /** @enum {string} */
                        task: "classification";
                        input: {
                            name: string;
                            /** @enum {string} */
                            layout: "NCHW" | "NHWC";
                            width: number;
                            height: number;
                            channels: 1 | 3;
                            /** @enum {string} */
                            dtype: "float32";
                            /** @enum {string} */
                            resize: "stretch" | "cover" | "contain";
                            scale: number;
                            mean: number[];
                            std: number[];
                        };
                        output: {
                            name: string;
                            /** @enum {string} */
                            activation: "none" | "softmax" | "sigmoid";
                            labels: string[];
                        };
                        variants: {
                            name: string;
                            file: string;
                            golden?: {
                                file: string;
                                expect?: {
                                    label: string;
                                    probabilities: number[];
                                    tolerance: number;
                                };
                            }[];
                        }[];
                        golden?: {
                            file: string;
                            expect?: {
                                label: string;
                                probabilities: number[];
                                tolerance: number;
                            };
                        }[];
                        budgets: {
                            p95Ms: number;
                            rssMb: number;
                        };
                        baseline?: string;
                    };
                    files: {
                        path: string;
                        sha256: string;
                        length: number;
                    }[];
                    report?: {
                        /** Format: date-time */
                        createdAt: string;
                        model: string;
                        version: string;
                        machine: {
                            hardwareClass: string;
                            cpu: string;
                            facts: {
                                arch: string;
                                platform: string;
                                cores: number;
                                memoryMb: number;
                                node: string;
                                onnxruntime: string;
                                accelerators: string[];
                                agent: string;
                            };
                        };
                        provenance: {
                            recipe: {
                                [key: string]: unknown;
                            };
                            recipeSha256: string;
                            tools: {
                                [key: string]: string;
                            };
                            input: {
                                file: string;
                                bytes: number;
                                sha256: string;
                            };
                            calibration?: {
                                samples: number;
                                sha256: string;
                            };
                            evaluation?: {
                                samples: number;
                                sha256: string;
                            };
                        };
                        variants: {
                            name: string;
                            file: string;
                            sha256: string;
                            macs?: number;
                            figures: {
                                bytes: number;
                                oneThread: {
                                    threads: number;
                                    runs: number;
                                    p50Ms: number;
                                    p95Ms: number;
                                };
                                allThreads?: {
                                    threads: number;
                                    runs: number;
                                    p50Ms: number;
                                    p95Ms: number;
                                };
                                rssMb: number;
                                loadMs: number;
                                samples: number;
                                accuracy?: number;
                                agreement?: number;
                                outputError?: number;
                            };
                            evaluation?: {
                                samples: number;
                                accuracy?: number;
                                balancedAccuracy?: number;
                                agreement?: number;
                            };
                        }[];
                        selection: {
                            /** @enum {string} */
                            kind: "chosen" | "unmeasured" | "none";
                            variant?: string;
                        };
                    };
                };
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        schema: "hamon.version/1";
                        model: string;
                        version: string;
                        /** @enum {string} */
                        state: "draft" | "validated" | "released" | "retired";
                        labels: string[];
                        variants: {
                            name: string;
                            bundle: string;
                            lengthBytes: number;
                            modelBytes: number;
                        }[];
                        /** Format: date-time */
                        createdAt: string;
                        /** Format: date-time */
                        validatedAt: string | null;
                        /** Format: date-time */
                        releasedAt: string | null;
                        retired: {
                            /** Format: date-time */
                            at: string;
                            why: string;
                        } | null;
                        provenance?: {
                            /** Format: date-time */
                            createdAt: string;
                            model: string;
                            version: string;
                            machine: {
                                hardwareClass: string;
                                cpu: string;
                                facts: {
                                    arch: string;
                                    platform: string;
                                    cores: number;
                                    memoryMb: number;
                                    node: string;
                                    onnxruntime: string;
                                    accelerators: string[];
                                    agent: string;
                                };
                            };
                            provenance: {
                                recipe: {
                                    [key: string]: unknown;
                                };
                                recipeSha256: string;
                                tools: {
                                    [key: string]: string;
                                };
                                input: {
                                    file: string;
                                    bytes: number;
                                    sha256: string;
                                };
                                calibration?: {
                                    samples: number;
                                    sha256: string;
                                };
                                evaluation?: {
                                    samples: number;
                                    sha256: string;
                                };
                            };
                            variants: {
                                name: string;
                                file: string;
                                sha256: string;
                                macs?: number;
                                figures: {
                                    bytes: number;
                                    oneThread: {
                                        threads: number;
                                        runs: number;
                                        p50Ms: number;
                                        p95Ms: number;
                                    };
                                    allThreads?: {
                                        threads: number;
                                        runs: number;
                                        p50Ms: number;
                                        p95Ms: number;
                                    };
                                    rssMb: number;
                                    loadMs: number;
                                    samples: number;
                                    accuracy?: number;
                                    agreement?: number;
                                    outputError?: number;
                                };
                                evaluation?: {
                                    samples: number;
                                    accuracy?: number;
                                    balancedAccuracy?: number;
                                    agreement?: number;
                                };
                            }[];
                            selection: {
                                /** @enum {string} */
                                kind: "chosen" | "unmeasured" | "none";
                                variant?: string;
                            };
                        } | null;
                        profiles?: {
                            variant: string;
                            hardwareClass: string;
                            /** @enum {string} */
                            source: "compression" | "device";
                            device: string | null;
                            /** Format: date-time */
                            measuredAt: string;
                            figures: {
                                bytes: number;
                                oneThread: {
                                    threads: number;
                                    runs: number;
                                    p50Ms: number;
                                    p95Ms: number;
                                };
                                allThreads?: {
                                    threads: number;
                                    runs: number;
                                    p50Ms: number;
                                    p95Ms: number;
                                };
                                rssMb: number;
                                loadMs: number;
                                samples: number;
                                accuracy?: number;
                                agreement?: number;
                                outputError?: number;
                            };
                        }[];
                        unfit?: {
                            variant: string;
                            hardwareClass: string;
                            device: string;
                            /** Format: date-time */
                            measuredAt: string;
                            reason: {
                                /** @enum {string} */
                                code: "chunk-unavailable" | "disk-full" | "bundle-invalid" | "model-unloadable" | "input-mismatch" | "labels-mismatch" | "golden-mismatch" | "output-not-finite" | "latency-budget" | "memory-budget" | "worker-crashed" | "worker-hung" | "label-collapse" | "error-rate" | "boot-loop" | "storage-error" | "sequence-exhausted" | "command-expired" | "command-replayed" | "no-memory" | "out-of-time" | "gave-up" | "cancelled" | "results-invalid";
                                detail: string;
                            };
                        }[];
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        type: string;
                        title: string;
                        status: number;
                        detail: string;
                        code: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                    };
                };
            };
        };
    };
    VersionController_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                model: string;
                version: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        schema: "hamon.version/1";
                        model: string;
                        version: string;
                        /** @enum {string} */
                        state: "draft" | "validated" | "released" | "retired";
                        labels: string[];
                        variants: {
                            name: string;
                            bundle: string;
                            lengthBytes: number;
                            modelBytes: number;
                        }[];
                        /** Format: date-time */
                        createdAt: string;
                        /** Format: date-time */
                        validatedAt: string | null;
                        /** Format: date-time */
                        releasedAt: string | null;
                        retired: {
                            /** Format: date-time */
                            at: string;
                            why: string;
                        } | null;
                        provenance?: {
                            /** Format: date-time */
                            createdAt: string;
                            model: string;
                            version: string;
                            machine: {
                                hardwareClass: string;
                                cpu: string;
                                facts: {
                                    arch: string;
                                    platform: string;
                                    cores: number;
                                    memoryMb: number;
                                    node: string;
                                    onnxruntime: string;
                                    accelerators: string[];
                                    agent: string;
                                };
                            };
                            provenance: {
                                recipe: {
                                    [key: string]: unknown;
                                };
                                recipeSha256: string;
                                tools: {
                                    [key: string]: string;
                                };
                                input: {
                                    file: string;
                                    bytes: number;
                                    sha256: string;
                                };
                                calibration?: {
                                    samples: number;
                                    sha256: string;
                                };
                                evaluation?: {
                                    samples: number;
                                    sha256: string;
                                };
                            };
                            variants: {
                                name: string;
                                file: string;
                                sha256: string;
                                macs?: number;
                                figures: {
                                    bytes: number;
                                    oneThread: {
                                        threads: number;
                                        runs: number;
                                        p50Ms: number;
                                        p95Ms: number;
                                    };
                                    allThreads?: {
                                        threads: number;
                                        runs: number;
                                        p50Ms: number;
                                        p95Ms: number;
                                    };
                                    rssMb: number;
                                    loadMs: number;
                                    samples: number;
                                    accuracy?: number;
                                    agreement?: number;
                                    outputError?: number;
                                };
                                evaluation?: {
                                    samples: number;
                                    accuracy?: number;
                                    balancedAccuracy?: number;
                                    agreement?: number;
                                };
                            }[];
                            selection: {
                                /** @enum {string} */
                                kind: "chosen" | "unmeasured" | "none";
                                variant?: string;
                            };
                        } | null;
                        profiles?: {
                            variant: string;
                            hardwareClass: string;
                            /** @enum {string} */
                            source: "compression" | "device";
                            device: string | null;
                            /** Format: date-time */
                            measuredAt: string;
                            figures: {
                                bytes: number;
                                oneThread: {
                                    threads: number;
                                    runs: number;
                                    p50Ms: number;
                                    p95Ms: number;
                                };
                                allThreads?: {
                                    threads: number;
                                    runs: number;
                                    p50Ms: number;
                                    p95Ms: number;
                                };
                                rssMb: number;
                                loadMs: number;
                                samples: number;
                                accuracy?: number;
                                agreement?: number;
                                outputError?: number;
                            };
                        }[];
                        unfit?: {
                            variant: string;
                            hardwareClass: string;
                            device: string;
                            /** Format: date-time */
                            measuredAt: string;
                            reason: {
                                /** @enum {string} */
                                code: "chunk-unavailable" | "disk-full" | "bundle-invalid" | "model-unloadable" | "input-mismatch" | "labels-mismatch" | "golden-mismatch" | "output-not-finite" | "latency-budget" | "memory-budget" | "worker-crashed" | "worker-hung" | "label-collapse" | "error-rate" | "boot-loop" | "storage-error" | "sequence-exhausted" | "command-expired" | "command-replayed" | "no-memory" | "out-of-time" | "gave-up" | "cancelled" | "results-invalid";
                                detail: string;
                            };
                        }[];
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        type: string;
                        title: string;
                        status: number;
                        detail: string;
                        code: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                    };
                };
            };
        };
    };
    VersionController_release: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                model: string;
                version: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        schema: "hamon.version/1";
                        model: string;
                        version: string;
                        /** @enum {string} */
                        state: "draft" | "validated" | "released" | "retired";
                        labels: string[];
                        variants: {
                            name: string;
                            bundle: string;
                            lengthBytes: number;
                            modelBytes: number;
                        }[];
                        /** Format: date-time */
                        createdAt: string;
                        /** Format: date-time */
                        validatedAt: string | null;
                        /** Format: date-time */
                        releasedAt: string | null;
                        retired: {
                            /** Format: date-time */
                            at: string;
                            why: string;
                        } | null;
                        provenance?: {
                            /** Format: date-time */
                            createdAt: string;
                            model: string;
                            version: string;
                            machine: {
                                hardwareClass: string;
                                cpu: string;
                                facts: {
                                    arch: string;
                                    platform: string;
                                    cores: number;
                                    memoryMb: number;
                                    node: string;
                                    onnxruntime: string;
                                    accelerators: string[];
                                    agent: string;
                                };
                            };
                            provenance: {
                                recipe: {
                                    [key: string]: unknown;
                                };
                                recipeSha256: string;
                                tools: {
                                    [key: string]: string;
                                };
                                input: {
                                    file: string;
                                    bytes: number;
                                    sha256: string;
                                };
                                calibration?: {
                                    samples: number;
                                    sha256: string;
                                };
                                evaluation?: {
                                    samples: number;
                                    sha256: string;
                                };
                            };
                            variants: {
                                name: string;
                                file: string;
                                sha256: string;
                                macs?: number;
                                figures: {
                                    bytes: number;
                                    oneThread: {
                                        threads: number;
                                        runs: number;
                                        p50Ms: number;
                                        p95Ms: number;
                                    };
                                    allThreads?: {
                                        threads: number;
                                        runs: number;
                                        p50Ms: number;
                                        p95Ms: number;
                                    };
                                    rssMb: number;
                                    loadMs: number;
                                    samples: number;
                                    accuracy?: number;
                                    agreement?: number;
                                    outputError?: number;
                                };
                                evaluation?: {
                                    samples: number;
                                    accuracy?: number;
                                    balancedAccuracy?: number;
                                    agreement?: number;
                                };
                            }[];
                            selection: {
                                /** @enum {string} */
                                kind: "chosen" | "unmeasured" | "none";
                                variant?: string;
                            };
                        } | null;
                        profiles?: {
                            variant: string;
                            hardwareClass: string;
                            /** @enum {string} */
                            source: "compression" | "device";
                            device: string | null;
                            /** Format: date-time */
                            measuredAt: string;
                            figures: {
                                bytes: number;
                                oneThread: {
                                    threads: number;
                                    runs: number;
                                    p50Ms: number;
                                    p95Ms: number;
                                };
                                allThreads?: {
                                    threads: number;
                                    runs: number;
                                    p50Ms: number;
                                    p95Ms: number;
                                };
                                rssMb: number;
                                loadMs: number;
                                samples: number;
                                accuracy?: number;
                                agreement?: number;
                                outputError?: number;
                            };
                        }[];
                        unfit?: {
                            variant: string;
                            hardwareClass: string;
                            device: string;
                            /** Format: date-time */
                            measuredAt: string;
                            reason: {
                                /** @enum {string} */
                                code: "chunk-unavailable" | "disk-full" | "bundle-invalid" | "model-unloadable" | "input-mismatch" | "labels-mismatch" | "golden-mismatch" | "output-not-finite" | "latency-budget" | "memory-budget" | "worker-crashed" | "worker-hung" | "label-collapse" | "error-rate" | "boot-loop" | "storage-error" | "sequence-exhausted" | "command-expired" | "command-replayed" | "no-memory" | "out-of-time" | "gave-up" | "cancelled" | "results-invalid";
                                detail: string;
                            };
                        }[];
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        type: string;
                        title: string;
                        status: number;
                        detail: string;
                        code: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                    };
                };
            };
        };
    };
    CompressionController_list: {
        parameters: {
            query?: {
                limit?: number;
                after?: string;
                count?: "true" | "false";
                where?: string;
                id?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        schema: "hamon.compressions/1";
                        items: {
                            /** Format: uuid */
                            id: string;
                            model: string;
                            sourceVersion: string;
                            resultVersion: string;
                            recipe: {
                                [key: string]: unknown;
                            };
                            calibration: {
                                samples: number;
                                bytes: number;
                            } | null;
                            evaluation: {
                                samples: number;
                                bytes: number;
                            } | null;
                            /** @enum {string} */
                            state: "queued" | "running" | "succeeded" | "failed" | "cancelled";
                            progress: {
                                phase: string;
                                text: string;
                                done: number;
                                total: number;
                            } | null;
                            attempts: number;
                            reason: {
                                code: string;
                                detail: string;
                            } | null;
                            createdBy: string;
                            /** Format: date-time */
                            createdAt: string;
                            /** Format: date-time */
                            startedAt: string | null;
                            /** Format: date-time */
                            endedAt: string | null;
                        }[];
                        next: string | null;
                        total?: number;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        type: string;
                        title: string;
                        status: number;
                        detail: string;
                        code: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                    };
                };
            };
        };
    };
    CompressionController_start: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    model: string;
                    sourceVersion: string;
                    resultVersion: string;
                    recipe: {
                        [key: string]: unknown;
                    };
                    calibration?: {
                        path: string;
                        sha256: string;
                        length: number;
                    }[];
                    evaluation?: {
                        path: string;
                        sha256: string;
                        length: number;
                    }[];
                };
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        schema: "hamon.compression/1";
                        /** Format: uuid */
                        id: string;
                        model: string;
                        sourceVersion: string;
                        resultVersion: string;
                        recipe: {
                            [key: string]: unknown;
                        };
                        calibration: {
                            samples: number;
                            bytes: number;
                        } | null;
                        evaluation: {
                            samples: number;
                            bytes: number;
                        } | null;
                        /** @enum {string} */
                        state: "queued" | "running" | "succeeded" | "failed" | "cancelled";
                        progress: {
                            phase: string;
                            text: string;
                            done: number;
                            total: number;
                        } | null;
                        attempts: number;
                        reason: {
                            code: string;
                            detail: string;
                        } | null;
                        createdBy: string;
                        /** Format: date-time */
                        createdAt: string;
                        /** Format: date-time */
                        startedAt: string | null;
                        /** Format: date-time */
                        endedAt: string | null;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        type: string;
                        title: string;
                        status: number;
                        detail: string;
                        code: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                    };
                };
            };
        };
    };
    CompressionController_show: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        schema: "hamon.compression/1";
                        /** Format: uuid */
                        id: string;
                        model: string;
                        sourceVersion: string;
                        resultVersion: string;
                        recipe: {
                            [key: string]: unknown;
                        };
                        calibration: {
                            samples: number;
                            bytes: number;
                        } | null;
                        evaluation: {
                            samples: number;
                            bytes: number;
                        } | null;
                        /** @enum {string} */
                        state: "queued" | "running" | "succeeded" | "failed" | "cancelled";
                        progress: {
                            phase: string;
                            text: string;
                            done: number;
                            total: number;
                        } | null;
                        attempts: number;
                        reason: {
                            code: string;
                            detail: string;
                        } | null;
                        createdBy: string;
                        /** Format: date-time */
                        createdAt: string;
                        /** Format: date-time */
                        startedAt: string | null;
                        /** Format: date-time */
                        endedAt: string | null;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        type: string;
                        title: string;
                        status: number;
                        detail: string;
                        code: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                    };
                };
            };
        };
    };
    CompressionController_cancel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        schema: "hamon.compression/1";
                        /** Format: uuid */
                        id: string;
                        model: string;
                        sourceVersion: string;
                        resultVersion: string;
                        recipe: {
                            [key: string]: unknown;
                        };
                        calibration: {
                            samples: number;
                            bytes: number;
                        } | null;
                        evaluation: {
                            samples: number;
                            bytes: number;
                        } | null;
                        /** @enum {string} */
                        state: "queued" | "running" | "succeeded" | "failed" | "cancelled";
                        progress: {
                            phase: string;
                            text: string;
                            done: number;
                            total: number;
                        } | null;
                        attempts: number;
                        reason: {
                            code: string;
                            detail: string;
                        } | null;
                        createdBy: string;
                        /** Format: date-time */
                        createdAt: string;
                        /** Format: date-time */
                        startedAt: string | null;
                        /** Format: date-time */
                        endedAt: string | null;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        type: string;
                        title: string;
                        status: number;
                        detail: string;
                        code: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                    };
                };
            };
        };
    };
    CompressionController_report: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        schema: "hamon.compress-report/1";
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        type: string;
                        title: string;
                        status: number;
                        detail: string;
                        code: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                    };
                };
            };
        };
    };
    CompressionController_reportPage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        type: string;
                        title: string;
                        status: number;
                        detail: string;
                        code: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                    };
                };
            };
        };
    };
    CompressionController_follow: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        schema: "hamon.compression-event/1";
                        seq: number;
                        /** Format: date-time */
                        at: string;
                        kind: string;
                        text: string;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        type: string;
                        title: string;
                        status: number;
                        detail: string;
                        code: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                    };
                };
            };
        };
    };
    DeviceController_list: {
        parameters: {
            query?: {
                limit?: number;
                after?: string;
                count?: "true" | "false";
                where?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        schema: "hamon.devices/1";
                        items: {
                            id: string;
                            labels: {
                                [key: string]: string;
                            };
                            facts: {
                                arch: string;
                                platform: string;
                                cores: number;
                                memoryMb: number;
                                node: string;
                                onnxruntime: string;
                                accelerators: string[];
                                agent: string;
                            };
                            hardwareClass: string;
                            online: boolean;
                            /** Format: date-time */
                            lastSeenAt: string | null;
                            /** Format: date-time */
                            enrolledAt: string;
                            /** Format: uuid */
                            enrolmentToken: string;
                            health: {
                                /** @enum {string} */
                                word: "ok" | "idle" | "degraded" | "failing" | "offline";
                                code: string;
                                reason: string;
                                /** Format: date-time */
                                since: string | null;
                            };
                            retired: {
                                /** Format: date-time */
                                at: string;
                                why: string;
                            } | null;
                            /** Format: date-time */
                            replacedAt: string | null;
                            current: {
                                model: string;
                                version: string;
                                variant: string;
                                bundle: string;
                                sequence: number;
                            } | null;
                            desired: {
                                model: string;
                                version: string;
                                variant: string;
                                bundle: string;
                                sequence: number;
                            } | null;
                            deployment: {
                                version: {
                                    model: string;
                                    version: string;
                                    variant: string;
                                    bundle: string;
                                    sequence: number;
                                };
                                /** @enum {string} */
                                state: "assigned" | "downloading" | "staged" | "self-tested" | "shadowing" | "active" | "committed" | "rolled-back" | "refused" | "superseded";
                                chunks: {
                                    have: number;
                                    total: number;
                                };
                                reason: {
                                    /** @enum {string} */
                                    code: "chunk-unavailable" | "disk-full" | "bundle-invalid" | "model-unloadable" | "input-mismatch" | "labels-mismatch" | "golden-mismatch" | "output-not-finite" | "latency-budget" | "memory-budget" | "worker-crashed" | "worker-hung" | "label-collapse" | "error-rate" | "boot-loop" | "storage-error" | "sequence-exhausted" | "manifest-malformed" | "manifest-unsigned" | "manifest-bad-signature" | "manifest-foreign-fleet" | "manifest-foreign-device" | "manifest-expired" | "manifest-from-future" | "manifest-older" | "manifest-conflict" | "manifest-abandoned";
                                    detail: string;
                                } | null;
                            } | null;
                            rejection: {
                                /** @enum {string} */
                                code: "chunk-unavailable" | "disk-full" | "bundle-invalid" | "model-unloadable" | "input-mismatch" | "labels-mismatch" | "golden-mismatch" | "output-not-finite" | "latency-budget" | "memory-budget" | "worker-crashed" | "worker-hung" | "label-collapse" | "error-rate" | "boot-loop" | "storage-error" | "sequence-exhausted" | "manifest-malformed" | "manifest-unsigned" | "manifest-bad-signature" | "manifest-foreign-fleet" | "manifest-foreign-device" | "manifest-expired" | "manifest-from-future" | "manifest-older" | "manifest-conflict" | "manifest-abandoned";
                                detail: string;
                            } | null;
                            pinnedKeyId: string | null;
                            serverKeyId: string;
                        }[];
                        next: string | null;
                        total?: number;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        type: string;
                        title: string;
                        status: number;
                        detail: string;
                        code: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                    };
                };
            };
        };
    };
    DeviceController_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        schema: "hamon.device/1";
                        id: string;
                        labels: {
                            [key: string]: string;
                        };
                        facts: {
                            arch: string;
                            platform: string;
                            cores: number;
                            memoryMb: number;
                            node: string;
                            onnxruntime: string;
                            accelerators: string[];
                            agent: string;
                        };
                        hardwareClass: string;
                        online: boolean;
                        /** Format: date-time */
                        lastSeenAt: string | null;
                        /** Format: date-time */
                        enrolledAt: string;
                        /** Format: uuid */
                        enrolmentToken: string;
                        health: {
                            /** @enum {string} */
                            word: "ok" | "idle" | "degraded" | "failing" | "offline";
                            code: string;
                            reason: string;
                            /** Format: date-time */
                            since: string | null;
                        };
                        retired: {
                            /** Format: date-time */
                            at: string;
                            why: string;
                        } | null;
                        /** Format: date-time */
                        replacedAt: string | null;
                        current: {
                            model: string;
                            version: string;
                            variant: string;
                            bundle: string;
                            sequence: number;
                        } | null;
                        desired: {
                            model: string;
                            version: string;
                            variant: string;
                            bundle: string;
                            sequence: number;
                        } | null;
                        deployment: {
                            version: {
                                model: string;
                                version: string;
                                variant: string;
                                bundle: string;
                                sequence: number;
                            };
                            /** @enum {string} */
                            state: "assigned" | "downloading" | "staged" | "self-tested" | "shadowing" | "active" | "committed" | "rolled-back" | "refused" | "superseded";
                            chunks: {
                                have: number;
                                total: number;
                            };
                            reason: {
                                /** @enum {string} */
                                code: "chunk-unavailable" | "disk-full" | "bundle-invalid" | "model-unloadable" | "input-mismatch" | "labels-mismatch" | "golden-mismatch" | "output-not-finite" | "latency-budget" | "memory-budget" | "worker-crashed" | "worker-hung" | "label-collapse" | "error-rate" | "boot-loop" | "storage-error" | "sequence-exhausted" | "manifest-malformed" | "manifest-unsigned" | "manifest-bad-signature" | "manifest-foreign-fleet" | "manifest-foreign-device" | "manifest-expired" | "manifest-from-future" | "manifest-older" | "manifest-conflict" | "manifest-abandoned";
                                detail: string;
                            } | null;
                        } | null;
                        rejection: {
                            /** @enum {string} */
                            code: "chunk-unavailable" | "disk-full" | "bundle-invalid" | "model-unloadable" | "input-mismatch" | "labels-mismatch" | "golden-mismatch" | "output-not-finite" | "latency-budget" | "memory-budget" | "worker-crashed" | "worker-hung" | "label-collapse" | "error-rate" | "boot-loop" | "storage-error" | "sequence-exhausted" | "manifest-malformed" | "manifest-unsigned" | "manifest-bad-signature" | "manifest-foreign-fleet" | "manifest-foreign-device" | "manifest-expired" | "manifest-from-future" | "manifest-older" | "manifest-conflict" | "manifest-abandoned";
                            detail: string;
                        } | null;
                        pinnedKeyId: string | null;
                        serverKeyId: string;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        type: string;
                        title: string;
                        status: number;
                        detail: string;
                        code: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                    };
                };
            };
        };
    };
    DeviceController_label: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    labels: {
                        [key: string]: string | null;
                    };
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        schema: "hamon.device/1";
                        id: string;
                        labels: {
                            [key: string]: string;
                        };
                        facts: {
                            arch: string;
                            platform: string;
                            cores: number;
                            memoryMb: number;
                            node: string;
                            onnxruntime: string;
                            accelerators: string[];
                            agent: string;
                        };
                        hardwareClass: string;
                        online: boolean;
                        /** Format: date-time */
                        lastSeenAt: string | null;
                        /** Format: date-time */
                        enrolledAt: string;
                        /** Format: uuid */
                        enrolmentToken: string;
                        health: {
                            /** @enum {string} */
                            word: "ok" | "idle" | "degraded" | "failing" | "offline";
                            code: string;
                            reason: string;
                            /** Format: date-time */
                            since: string | null;
                        };
                        retired: {
                            /** Format: date-time */
                            at: string;
                            why: string;
                        } | null;
                        /** Format: date-time */
                        replacedAt: string | null;
                        current: {
                            model: string;
                            version: string;
                            variant: string;
                            bundle: string;
                            sequence: number;
                        } | null;
                        desired: {
                            model: string;
                            version: string;
                            variant: string;
                            bundle: string;
                            sequence: number;
                        } | null;
                        deployment: {
                            version: {
                                model: string;
                                version: string;
                                variant: string;
                                bundle: string;
                                sequence: number;
                            };
                            /** @enum {string} */
                            state: "assigned" | "downloading" | "staged" | "self-tested" | "shadowing" | "active" | "committed" | "rolled-back" | "refused" | "superseded";
                            chunks: {
                                have: number;
                                total: number;
                            };
                            reason: {
                                /** @enum {string} */
                                code: "chunk-unavailable" | "disk-full" | "bundle-invalid" | "model-unloadable" | "input-mismatch" | "labels-mismatch" | "golden-mismatch" | "output-not-finite" | "latency-budget" | "memory-budget" | "worker-crashed" | "worker-hung" | "label-collapse" | "error-rate" | "boot-loop" | "storage-error" | "sequence-exhausted" | "manifest-malformed" | "manifest-unsigned" | "manifest-bad-signature" | "manifest-foreign-fleet" | "manifest-foreign-device" | "manifest-expired" | "manifest-from-future" | "manifest-older" | "manifest-conflict" | "manifest-abandoned";
                                detail: string;
                            } | null;
                        } | null;
                        rejection: {
                            /** @enum {string} */
                            code: "chunk-unavailable" | "disk-full" | "bundle-invalid" | "model-unloadable" | "input-mismatch" | "labels-mismatch" | "golden-mismatch" | "output-not-finite" | "latency-budget" | "memory-budget" | "worker-crashed" | "worker-hung" | "label-collapse" | "error-rate" | "boot-loop" | "storage-error" | "sequence-exhausted" | "manifest-malformed" | "manifest-unsigned" | "manifest-bad-signature" | "manifest-foreign-fleet" | "manifest-foreign-device" | "manifest-expired" | "manifest-from-future" | "manifest-older" | "manifest-conflict" | "manifest-abandoned";
                            detail: string;
                        } | null;
                        pinnedKeyId: string | null;
                        serverKeyId: string;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        type: string;
                        title: string;
                        status: number;
                        detail: string;
                        code: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                    };
                };
            };
        };
    };
    DeviceController_retire: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    why: string;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        schema: "hamon.device/1";
                        id: string;
                        labels: {
                            [key: string]: string;
                        };
                        facts: {
                            arch: string;
                            platform: string;
                            cores: number;
                            memoryMb: number;
                            node: string;
                            onnxruntime: string;
                            accelerators: string[];
                            agent: string;
                        };
                        hardwareClass: string;
                        online: boolean;
                        /** Format: date-time */
                        lastSeenAt: string | null;
                        /** Format: date-time */
                        enrolledAt: string;
                        /** Format: uuid */
                        enrolmentToken: string;
                        health: {
                            /** @enum {string} */
                            word: "ok" | "idle" | "degraded" | "failing" | "offline";
                            code: string;
                            reason: string;
                            /** Format: date-time */
                            since: string | null;
                        };
                        retired: {
                            /** Format: date-time */
                            at: string;
                            why: string;
                        } | null;
                        /** Format: date-time */
                        replacedAt: string | null;
                        current: {
                            model: string;
                            version: string;
                            variant: string;
                            bundle: string;
                            sequence: number;
                        } | null;
                        desired: {
                            model: string;
                            version: string;
                            variant: string;
                            bundle: string;
                            sequence: number;
                        } | null;
                        deployment: {
                            version: {
                                model: string;
                                version: string;
                                variant: string;
                                bundle: string;
                                sequence: number;
                            };
                            /** @enum {string} */
                            state: "assigned" | "downloading" | "staged" | "self-tested" | "shadowing" | "active" | "committed" | "rolled-back" | "refused" | "superseded";
                            chunks: {
                                have: number;
                                total: number;
                            };
                            reason: {
                                /** @enum {string} */
                                code: "chunk-unavailable" | "disk-full" | "bundle-invalid" | "model-unloadable" | "input-mismatch" | "labels-mismatch" | "golden-mismatch" | "output-not-finite" | "latency-budget" | "memory-budget" | "worker-crashed" | "worker-hung" | "label-collapse" | "error-rate" | "boot-loop" | "storage-error" | "sequence-exhausted" | "manifest-malformed" | "manifest-unsigned" | "manifest-bad-signature" | "manifest-foreign-fleet" | "manifest-foreign-device" | "manifest-expired" | "manifest-from-future" | "manifest-older" | "manifest-conflict" | "manifest-abandoned";
                                detail: string;
                            } | null;
                        } | null;
                        rejection: {
                            /** @enum {string} */
                            code: "chunk-unavailable" | "disk-full" | "bundle-invalid" | "model-unloadable" | "input-mismatch" | "labels-mismatch" | "golden-mismatch" | "output-not-finite" | "latency-budget" | "memory-budget" | "worker-crashed" | "worker-hung" | "label-collapse" | "error-rate" | "boot-loop" | "storage-error" | "sequence-exhausted" | "manifest-malformed" | "manifest-unsigned" | "manifest-bad-signature" | "manifest-foreign-fleet" | "manifest-foreign-device" | "manifest-expired" | "manifest-from-future" | "manifest-older" | "manifest-conflict" | "manifest-abandoned";
                            detail: string;
                        } | null;
                        pinnedKeyId: string | null;
                        serverKeyId: string;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        type: string;
                        title: string;
                        status: number;
                        detail: string;
                        code: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                    };
                };
            };
        };
    };
    EnrolmentController_enrol: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    token: string;
                    publicKey: {
                        /** @enum {string} */
                        kty: "OKP";
                        /** @enum {string} */
                        crv: "Ed25519";
                        x: string;
                        kid?: string;
                        alg?: string;
                        use?: string;
                    };
                    proof: string;
                    device?: string;
                    facts: {
                        arch: string;
                        platform: string;
                        cores: number;
                        memoryMb: number;
                        node: string;
                        onnxruntime: string;
                        accelerators: string[];
                        agent: string;
                    };
                };
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        schema: "hamon.enrolment/1";
                        fleet: string;
                        device: string;
                        mqttUrl: string;
                        manifestKey: {
                            /** @enum {string} */
                            kty: "OKP";
                            /** @enum {string} */
                            crv: "Ed25519";
                            x: string;
                            kid?: string;
                            alg?: string;
                            use?: string;
                        };
                        mqttPassword?: string;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        type: string;
                        title: string;
                        status: number;
                        detail: string;
                        code: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                    };
                };
            };
        };
    };
    EnrolmentController_own: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        schema: "hamon.enrolment/1";
                        fleet: string;
                        device: string;
                        mqttUrl: string;
                        manifestKey: {
                            /** @enum {string} */
                            kty: "OKP";
                            /** @enum {string} */
                            crv: "Ed25519";
                            x: string;
                            kid?: string;
                            alg?: string;
                            use?: string;
                        };
                        mqttPassword?: string;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        type: string;
                        title: string;
                        status: number;
                        detail: string;
                        code: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                    };
                };
            };
        };
    };
    EnrolmentTokenController_list: {
        parameters: {
            query?: {
                limit?: number;
                after?: string;
                count?: "true" | "false";
                where?: string;
                id?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        schema: "hamon.enrolment-tokens/1";
                        items: {
                            /** Format: uuid */
                            id: string;
                            token?: string;
                            usesLeft: number;
                            /** Format: date-time */
                            expiresAt: string;
                            labels: {
                                [key: string]: string;
                            };
                            replaces: string | null;
                            /** Format: date-time */
                            createdAt: string;
                            /** Format: date-time */
                            revokedAt: string | null;
                        }[];
                        next: string | null;
                        total?: number;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        type: string;
                        title: string;
                        status: number;
                        detail: string;
                        code: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                    };
                };
            };
        };
    };
    EnrolmentTokenController_create: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    uses: number;
                    ttlSeconds: number;
                    /** @default {} */
                    labels?: {
                        [key: string]: string;
                    };
                    replaces?: string;
                };
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        schema: "hamon.enrolment-token/1";
                        /** Format: uuid */
                        id: string;
                        token?: string;
                        usesLeft: number;
                        /** Format: date-time */
                        expiresAt: string;
                        labels: {
                            [key: string]: string;
                        };
                        replaces: string | null;
                        /** Format: date-time */
                        createdAt: string;
                        /** Format: date-time */
                        revokedAt: string | null;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        type: string;
                        title: string;
                        status: number;
                        detail: string;
                        code: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                    };
                };
            };
        };
    };
    EnrolmentTokenController_revoke: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        schema: "hamon.enrolment-token/1";
                        /** Format: uuid */
                        id: string;
                        token?: string;
                        usesLeft: number;
                        /** Format: date-time */
                        expiresAt: string;
                        labels: {
                            [key: string]: string;
                        };
                        replaces: string | null;
                        /** Format: date-time */
                        createdAt: string;
                        /** Format: date-time */
                        revokedAt: string | null;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        type: string;
                        title: string;
                        status: number;
                        detail: string;
                        code: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                    };
                };
            };
        };
    };
    TimeController_now: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        schema: "hamon.time/1";
                        /** Format: date-time */
                        now: string;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        type: string;
                        title: string;
                        status: number;
                        detail: string;
                        code: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                    };
                };
            };
        };
    };
    BenchmarkController_list: {
        parameters: {
            query?: {
                limit?: number;
                after?: string;
                count?: "true" | "false";
                where?: string;
            };
            header?: never;
            path: {
                device: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        schema: "hamon.benchmarks/1";
                        items: {
                            /** Format: uuid */
                            id: string;
                            device: string;
                            model: string;
                            version: string;
                            /** @enum {string} */
                            state: "requested" | "running" | "succeeded" | "failed" | "expired" | "cancelled";
                            /** Format: date-time */
                            requestedAt: string;
                            /** Format: date-time */
                            expiresAt: string;
                            /** Format: date-time */
                            endedAt: string | null;
                            progress: {
                                done: number;
                                total: number;
                                step: string;
                            } | null;
                            reason: {
                                /** @enum {string} */
                                code: "chunk-unavailable" | "disk-full" | "bundle-invalid" | "model-unloadable" | "input-mismatch" | "labels-mismatch" | "golden-mismatch" | "output-not-finite" | "latency-budget" | "memory-budget" | "worker-crashed" | "worker-hung" | "label-collapse" | "error-rate" | "boot-loop" | "storage-error" | "sequence-exhausted" | "command-expired" | "command-replayed" | "no-memory" | "out-of-time" | "gave-up" | "cancelled" | "results-invalid";
                                detail: string;
                            } | null;
                            hardwareClass: string | null;
                            results: {
                                variant: string;
                                bundle: string;
                                figures: {
                                    bytes: number;
                                    oneThread: {
                                        threads: number;
                                        runs: number;
                                        p50Ms: number;
                                        p95Ms: number;
                                    };
                                    allThreads?: {
                                        threads: number;
                                        runs: number;
                                        p50Ms: number;
                                        p95Ms: number;
                                    };
                                    rssMb: number;
                                    loadMs: number;
                                    samples: number;
                                    accuracy?: number;
                                    agreement?: number;
                                    outputError?: number;
                                } | null;
                                unfit: {
                                    /** @enum {string} */
                                    code: "chunk-unavailable" | "disk-full" | "bundle-invalid" | "model-unloadable" | "input-mismatch" | "labels-mismatch" | "golden-mismatch" | "output-not-finite" | "latency-budget" | "memory-budget" | "worker-crashed" | "worker-hung" | "label-collapse" | "error-rate" | "boot-loop" | "storage-error" | "sequence-exhausted" | "command-expired" | "command-replayed" | "no-memory" | "out-of-time" | "gave-up" | "cancelled" | "results-invalid";
                                    detail: string;
                                } | null;
                            }[];
                        }[];
                        next: string | null;
                        total?: number;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        type: string;
                        title: string;
                        status: number;
                        detail: string;
                        code: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                    };
                };
            };
        };
    };
    BenchmarkController_request: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                device: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    model: string;
                    version: string;
                    /** @default {} */
                    plan?: {
                        /** @default 10 */
                        rounds?: number;
                        /** @default 50 */
                        runs?: number;
                        /** @default 20 */
                        warmupRuns?: number;
                        /** @default 120 */
                        budgetSeconds?: number;
                        /** @default 64 */
                        samples?: number;
                        /** @default 3600 */
                        deadlineSeconds?: number;
                    };
                    /** @default 86400 */
                    expiresInSeconds?: number;
                };
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        schema: "hamon.benchmark/1";
                        /** Format: uuid */
                        id: string;
                        device: string;
                        model: string;
                        version: string;
                        /** @enum {string} */
                        state: "requested" | "running" | "succeeded" | "failed" | "expired" | "cancelled";
                        /** Format: date-time */
                        requestedAt: string;
                        /** Format: date-time */
                        expiresAt: string;
                        /** Format: date-time */
                        endedAt: string | null;
                        progress: {
                            done: number;
                            total: number;
                            step: string;
                        } | null;
                        reason: {
                            /** @enum {string} */
                            code: "chunk-unavailable" | "disk-full" | "bundle-invalid" | "model-unloadable" | "input-mismatch" | "labels-mismatch" | "golden-mismatch" | "output-not-finite" | "latency-budget" | "memory-budget" | "worker-crashed" | "worker-hung" | "label-collapse" | "error-rate" | "boot-loop" | "storage-error" | "sequence-exhausted" | "command-expired" | "command-replayed" | "no-memory" | "out-of-time" | "gave-up" | "cancelled" | "results-invalid";
                            detail: string;
                        } | null;
                        hardwareClass: string | null;
                        results: {
                            variant: string;
                            bundle: string;
                            figures: {
                                bytes: number;
                                oneThread: {
                                    threads: number;
                                    runs: number;
                                    p50Ms: number;
                                    p95Ms: number;
                                };
                                allThreads?: {
                                    threads: number;
                                    runs: number;
                                    p50Ms: number;
                                    p95Ms: number;
                                };
                                rssMb: number;
                                loadMs: number;
                                samples: number;
                                accuracy?: number;
                                agreement?: number;
                                outputError?: number;
                            } | null;
                            unfit: {
                                /** @enum {string} */
                                code: "chunk-unavailable" | "disk-full" | "bundle-invalid" | "model-unloadable" | "input-mismatch" | "labels-mismatch" | "golden-mismatch" | "output-not-finite" | "latency-budget" | "memory-budget" | "worker-crashed" | "worker-hung" | "label-collapse" | "error-rate" | "boot-loop" | "storage-error" | "sequence-exhausted" | "command-expired" | "command-replayed" | "no-memory" | "out-of-time" | "gave-up" | "cancelled" | "results-invalid";
                                detail: string;
                            } | null;
                        }[];
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        type: string;
                        title: string;
                        status: number;
                        detail: string;
                        code: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                    };
                };
            };
        };
    };
    BenchmarkController_show: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        schema: "hamon.benchmark/1";
                        /** Format: uuid */
                        id: string;
                        device: string;
                        model: string;
                        version: string;
                        /** @enum {string} */
                        state: "requested" | "running" | "succeeded" | "failed" | "expired" | "cancelled";
                        /** Format: date-time */
                        requestedAt: string;
                        /** Format: date-time */
                        expiresAt: string;
                        /** Format: date-time */
                        endedAt: string | null;
                        progress: {
                            done: number;
                            total: number;
                            step: string;
                        } | null;
                        reason: {
                            /** @enum {string} */
                            code: "chunk-unavailable" | "disk-full" | "bundle-invalid" | "model-unloadable" | "input-mismatch" | "labels-mismatch" | "golden-mismatch" | "output-not-finite" | "latency-budget" | "memory-budget" | "worker-crashed" | "worker-hung" | "label-collapse" | "error-rate" | "boot-loop" | "storage-error" | "sequence-exhausted" | "command-expired" | "command-replayed" | "no-memory" | "out-of-time" | "gave-up" | "cancelled" | "results-invalid";
                            detail: string;
                        } | null;
                        hardwareClass: string | null;
                        results: {
                            variant: string;
                            bundle: string;
                            figures: {
                                bytes: number;
                                oneThread: {
                                    threads: number;
                                    runs: number;
                                    p50Ms: number;
                                    p95Ms: number;
                                };
                                allThreads?: {
                                    threads: number;
                                    runs: number;
                                    p50Ms: number;
                                    p95Ms: number;
                                };
                                rssMb: number;
                                loadMs: number;
                                samples: number;
                                accuracy?: number;
                                agreement?: number;
                                outputError?: number;
                            } | null;
                            unfit: {
                                /** @enum {string} */
                                code: "chunk-unavailable" | "disk-full" | "bundle-invalid" | "model-unloadable" | "input-mismatch" | "labels-mismatch" | "golden-mismatch" | "output-not-finite" | "latency-budget" | "memory-budget" | "worker-crashed" | "worker-hung" | "label-collapse" | "error-rate" | "boot-loop" | "storage-error" | "sequence-exhausted" | "command-expired" | "command-replayed" | "no-memory" | "out-of-time" | "gave-up" | "cancelled" | "results-invalid";
                                detail: string;
                            } | null;
                        }[];
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        type: string;
                        title: string;
                        status: number;
                        detail: string;
                        code: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                    };
                };
            };
        };
    };
    BenchmarkController_cancel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        schema: "hamon.benchmark/1";
                        /** Format: uuid */
                        id: string;
                        device: string;
                        model: string;
                        version: string;
                        /** @enum {string} */
                        state: "requested" | "running" | "succeeded" | "failed" | "expired" | "cancelled";
                        /** Format: date-time */
                        requestedAt: string;
                        /** Format: date-time */
                        expiresAt: string;
                        /** Format: date-time */
                        endedAt: string | null;
                        progress: {
                            done: number;
                            total: number;
                            step: string;
                        } | null;
                        reason: {
                            /** @enum {string} */
                            code: "chunk-unavailable" | "disk-full" | "bundle-invalid" | "model-unloadable" | "input-mismatch" | "labels-mismatch" | "golden-mismatch" | "output-not-finite" | "latency-budget" | "memory-budget" | "worker-crashed" | "worker-hung" | "label-collapse" | "error-rate" | "boot-loop" | "storage-error" | "sequence-exhausted" | "command-expired" | "command-replayed" | "no-memory" | "out-of-time" | "gave-up" | "cancelled" | "results-invalid";
                            detail: string;
                        } | null;
                        hardwareClass: string | null;
                        results: {
                            variant: string;
                            bundle: string;
                            figures: {
                                bytes: number;
                                oneThread: {
                                    threads: number;
                                    runs: number;
                                    p50Ms: number;
                                    p95Ms: number;
                                };
                                allThreads?: {
                                    threads: number;
                                    runs: number;
                                    p50Ms: number;
                                    p95Ms: number;
                                };
                                rssMb: number;
                                loadMs: number;
                                samples: number;
                                accuracy?: number;
                                agreement?: number;
                                outputError?: number;
                            } | null;
                            unfit: {
                                /** @enum {string} */
                                code: "chunk-unavailable" | "disk-full" | "bundle-invalid" | "model-unloadable" | "input-mismatch" | "labels-mismatch" | "golden-mismatch" | "output-not-finite" | "latency-budget" | "memory-budget" | "worker-crashed" | "worker-hung" | "label-collapse" | "error-rate" | "boot-loop" | "storage-error" | "sequence-exhausted" | "command-expired" | "command-replayed" | "no-memory" | "out-of-time" | "gave-up" | "cancelled" | "results-invalid";
                                detail: string;
                            } | null;
                        }[];
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        type: string;
                        title: string;
                        status: number;
                        detail: string;
                        code: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                    };
                };
            };
        };
    };
    DeviceEventsController_list: {
        parameters: {
            query?: {
                limit?: number;
                after?: string;
                count?: "true" | "false";
                where?: string;
            };
            header?: never;
            path: {
                device: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        schema: "hamon.device-events/1";
                        items: {
                            /** @enum {string} */
                            schema: "hamon.event/1";
                            /** Format: uuid */
                            id: string;
                            device: string;
                            /** Format: date-time */
                            at: string;
                            /** @enum {string} */
                            kind: "started" | "activated" | "committed" | "rolled-back" | "refused" | "manifest-rejected" | "command-rejected" | "worker-crashed" | "worker-hung" | "chunk-corrupt" | "disk-full" | "fallback-open" | "fallback-closed" | "records-dropped" | "source-unreadable";
                            version: {
                                model: string;
                                version: string;
                                variant: string;
                                bundle: string;
                                sequence: number;
                            } | null;
                            reason: {
                                /** @enum {string} */
                                code: "chunk-unavailable" | "disk-full" | "bundle-invalid" | "model-unloadable" | "input-mismatch" | "labels-mismatch" | "golden-mismatch" | "output-not-finite" | "latency-budget" | "memory-budget" | "worker-crashed" | "worker-hung" | "label-collapse" | "error-rate" | "boot-loop" | "storage-error" | "sequence-exhausted" | "manifest-malformed" | "manifest-unsigned" | "manifest-bad-signature" | "manifest-foreign-fleet" | "manifest-foreign-device" | "manifest-expired" | "manifest-from-future" | "manifest-older" | "manifest-conflict" | "manifest-abandoned";
                                detail: string;
                            } | null;
                            detail: string;
                        }[];
                        next: string | null;
                        total?: number;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        type: string;
                        title: string;
                        status: number;
                        detail: string;
                        code: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                    };
                };
            };
        };
    };
    WindowsController_list: {
        parameters: {
            query?: {
                limit?: number;
                after?: string;
                count?: "true" | "false";
            };
            header?: never;
            path: {
                device: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        schema: "hamon.windows/1";
                        items: {
                            /** @enum {string} */
                            schema: "hamon.window/1";
                            /** Format: uuid */
                            id: string;
                            device: string;
                            /** Format: date-time */
                            startedAt: string;
                            /** Format: date-time */
                            endedAt: string;
                            answering: {
                                model: string;
                                version: string;
                                variant: string;
                                bundle: string;
                                sequence: number;
                            };
                            inferences: number;
                            errors: number;
                            skipped: number;
                            rejected?: {
                                undecodable: number;
                                mismatched: number;
                            };
                            fallbacks: {
                                [key: string]: number;
                            };
                            unloaded?: {
                                rescued: number;
                                unanswered: number;
                            };
                            labels: {
                                [key: string]: number;
                            };
                            latencyMs: {
                                count: number;
                                sum: number;
                                min: number;
                                max: number;
                                bins: (number)[][];
                            };
                            confidence: number[];
                            rssMb: {
                                supervisor: number;
                                worker: number;
                            };
                            shadow?: {
                                /** @enum {string} */
                                role: "candidate" | "previous";
                                version: {
                                    model: string;
                                    version: string;
                                    variant: string;
                                    bundle: string;
                                    sequence: number;
                                };
                                inferences: number;
                                errors: number;
                                latencyMs: {
                                    count: number;
                                    sum: number;
                                    min: number;
                                    max: number;
                                    bins: (number)[][];
                                };
                                paired?: {
                                    labels: string[];
                                    cells: (number)[][];
                                };
                            };
                        }[];
                        next: string | null;
                        total?: number;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        type: string;
                        title: string;
                        status: number;
                        detail: string;
                        code: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                    };
                };
            };
        };
    };
    ChoiceController_show: {
        parameters: {
            query?: {
                where?: string;
                maxAccuracyDrop?: number;
                maxP95Ms?: number;
                maxRssMb?: number;
                maxBytes?: number;
            };
            header?: never;
            path: {
                model: string;
                version: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        schema: "hamon.choices/1";
                        constraints: {
                            maxAccuracyDrop?: number;
                            maxP95Ms?: number;
                            maxRssMb?: number;
                            maxBytes?: number;
                        };
                        classes: {
                            hardwareClass: string;
                            devices: number;
                            /** @enum {string} */
                            kind: "chosen" | "unmeasured" | "none";
                            variant: string | null;
                            p50Ms: number | null;
                            accuracyDrop: number | null;
                            rejected: {
                                variant: string;
                                reasons: string[];
                            }[];
                        }[];
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        type: string;
                        title: string;
                        status: number;
                        detail: string;
                        code: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                    };
                };
            };
        };
    };
    RolloutController_list: {
        parameters: {
            query?: {
                limit?: number;
                after?: string;
                count?: "true" | "false";
                where?: string;
                id?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        schema: "hamon.rollouts/1";
                        items: {
                            /** Format: uuid */
                            id: string;
                            model: string;
                            version: string;
                            variant: string | null;
                            targets: {
                                variant: string;
                                /** @enum {string} */
                                choice: "given" | "measured" | "unmeasured";
                                hardwareClasses: string[];
                                devices: number;
                            }[];
                            where: string;
                            /** @enum {string} */
                            state: "running" | "paused" | "awaiting-approval" | "rolling-back" | "aborting" | "succeeded" | "rolled-back" | "aborted";
                            stages: {
                                devices: number;
                                /** @enum {string} */
                                state: "pending" | "deploying" | "watching" | "passed" | "failed";
                                /** Format: date-time */
                                startedAt: string | null;
                                /** Format: date-time */
                                watchingSince: string | null;
                                prolonged: boolean;
                                /** Format: date-time */
                                watchEndsAt: string | null;
                                /** Format: date-time */
                                endedAt: string | null;
                                judgement: {
                                    /** @enum {string} */
                                    verdict: "pass" | "fail" | "inconclusive" | "error";
                                    reason: string;
                                    checks: {
                                        /** @enum {string} */
                                        name: "update-failures" | "reached" | "error-rate" | "latency" | "agreement" | "collapse";
                                        variant?: string;
                                        /** @enum {string} */
                                        verdict: "pass" | "fail" | "inconclusive" | "error";
                                        /** @enum {string} */
                                        evidence: "paired" | "control" | "absolute";
                                        detail: string;
                                        figures: {
                                            [key: string]: number | null;
                                        };
                                    }[];
                                } | null;
                            }[];
                            stage: number;
                            labelChanges: {
                                version: string;
                                devices: number;
                                added: {
                                    count: number;
                                    first: string[];
                                };
                                gone: {
                                    count: number;
                                    first: string[];
                                };
                                moved: {
                                    count: number;
                                    first: {
                                        label: string;
                                        from: number;
                                        to: number;
                                    }[];
                                };
                            }[];
                            labelsApprovedBy: string | null;
                            watchSeconds: number;
                            /** @enum {string} */
                            approve: "auto" | "manual";
                            reason: string;
                            devices: number;
                            devicesTouched: number;
                            progress: {
                                [key: string]: number;
                            };
                            offline: {
                                count: number;
                                devices: string[];
                            };
                            memberStatuses?: {
                                [key: string]: number;
                            };
                            /** Format: date-time */
                            createdAt: string;
                            /** Format: date-time */
                            endedAt: string | null;
                        }[];
                        next: string | null;
                        total?: number;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        type: string;
                        title: string;
                        status: number;
                        detail: string;
                        code: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                    };
                };
            };
        };
    };
    RolloutController_start: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    model: string;
                    version: string;
                    variant?: string;
                    constraints?: {
                        maxAccuracyDrop?: number;
                        maxP95Ms?: number;
                        maxRssMb?: number;
                        maxBytes?: number;
                    };
                    /** @default  */
                    where?: string;
                    /** @default 1,10%,50%,100% */
                    stages?: string;
                    /** @default 600 */
                    watchSeconds?: number;
                    /** @default {} */
                    gate?: {
                        /** @default 0.1 */
                        maxUpdateFailureRate?: number;
                        /** @default 0.5 */
                        minReachedShare?: number;
                        /** @default 0.02 */
                        maxErrorRate?: number;
                        /** @default 0.2 */
                        errorRateCeiling?: number;
                        /** @default 120 */
                        minPairedFrames?: number;
                        /** @default 0.4 */
                        minKappa?: number;
                        /** @default 0.99 */
                        confidence?: number;
                        /** @default {} */
                        latency?: {
                            /** @default 1.5 */
                            maxRatio?: number;
                            /** @default 5 */
                            maxExtraMs?: number;
                            /** @default 100 */
                            minFrames?: number;
                        };
                        /** @default 6 */
                        maxWatchFactor?: number;
                        /** @default 1800 */
                        deploymentTimeoutSeconds?: number;
                    };
                    /** @default {} */
                    policy?: {
                        selfTest?: {
                            warmupRuns?: number;
                            runs?: number;
                        };
                        shadow?: {
                            minFrames?: number;
                        };
                        probation?: {
                            seconds?: number;
                            minFrames?: number;
                            maxErrorRate?: number;
                            /** @enum {string} */
                            onFirstFailure?: "keep" | "stop";
                        };
                        telemetry?: {
                            windowSeconds?: number;
                        };
                        inference?: {
                            intraOpNumThreads?: number;
                            hangMs?: number;
                        };
                        fallback?: {
                            enabled?: boolean;
                            minConfidence?: number;
                            edgeDeadlineMs?: number;
                            cloudDeadlineMs?: number;
                            maxInFlight?: number;
                        };
                    };
                    /**
                     * @default auto
                     * @enum {string}
                     */
                    approve?: "auto" | "manual";
                    maxParallel?: number;
                };
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        schema: "hamon.rollout/1";
                        /** Format: uuid */
                        id: string;
                        model: string;
                        version: string;
                        variant: string | null;
                        targets: {
                            variant: string;
                            /** @enum {string} */
                            choice: "given" | "measured" | "unmeasured";
                            hardwareClasses: string[];
                            devices: number;
                        }[];
                        where: string;
                        /** @enum {string} */
                        state: "running" | "paused" | "awaiting-approval" | "rolling-back" | "aborting" | "succeeded" | "rolled-back" | "aborted";
                        stages: {
                            devices: number;
                            /** @enum {string} */
                            state: "pending" | "deploying" | "watching" | "passed" | "failed";
                            /** Format: date-time */
                            startedAt: string | null;
                            /** Format: date-time */
                            watchingSince: string | null;
                            prolonged: boolean;
                            /** Format: date-time */
                            watchEndsAt: string | null;
                            /** Format: date-time */
                            endedAt: string | null;
                            judgement: {
                                /** @enum {string} */
                                verdict: "pass" | "fail" | "inconclusive" | "error";
                                reason: string;
                                checks: {
                                    /** @enum {string} */
                                    name: "update-failures" | "reached" | "error-rate" | "latency" | "agreement" | "collapse";
                                    variant?: string;
                                    /** @enum {string} */
                                    verdict: "pass" | "fail" | "inconclusive" | "error";
                                    /** @enum {string} */
                                    evidence: "paired" | "control" | "absolute";
                                    detail: string;
                                    figures: {
                                        [key: string]: number | null;
                                    };
                                }[];
                            } | null;
                        }[];
                        stage: number;
                        labelChanges: {
                            version: string;
                            devices: number;
                            added: {
                                count: number;
                                first: string[];
                            };
                            gone: {
                                count: number;
                                first: string[];
                            };
                            moved: {
                                count: number;
                                first: {
                                    label: string;
                                    from: number;
                                    to: number;
                                }[];
                            };
                        }[];
                        labelsApprovedBy: string | null;
                        watchSeconds: number;
                        /** @enum {string} */
                        approve: "auto" | "manual";
                        reason: string;
                        devices: number;
                        devicesTouched: number;
                        progress: {
                            [key: string]: number;
                        };
                        offline: {
                            count: number;
                            devices: string[];
                        };
                        memberStatuses?: {
                            [key: string]: number;
                        };
                        /** Format: date-time */
                        createdAt: string;
                        /** Format: date-time */
                        endedAt: string | null;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        type: string;
                        title: string;
                        status: number;
                        detail: string;
                        code: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                    };
                };
            };
        };
    };
    RolloutController_show: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        schema: "hamon.rollout/1";
                        /** Format: uuid */
                        id: string;
                        model: string;
                        version: string;
                        variant: string | null;
                        targets: {
                            variant: string;
                            /** @enum {string} */
                            choice: "given" | "measured" | "unmeasured";
                            hardwareClasses: string[];
                            devices: number;
                        }[];
                        where: string;
                        /** @enum {string} */
                        state: "running" | "paused" | "awaiting-approval" | "rolling-back" | "aborting" | "succeeded" | "rolled-back" | "aborted";
                        stages: {
                            devices: number;
                            /** @enum {string} */
                            state: "pending" | "deploying" | "watching" | "passed" | "failed";
                            /** Format: date-time */
                            startedAt: string | null;
                            /** Format: date-time */
                            watchingSince: string | null;
                            prolonged: boolean;
                            /** Format: date-time */
                            watchEndsAt: string | null;
                            /** Format: date-time */
                            endedAt: string | null;
                            judgement: {
                                /** @enum {string} */
                                verdict: "pass" | "fail" | "inconclusive" | "error";
                                reason: string;
                                checks: {
                                    /** @enum {string} */
                                    name: "update-failures" | "reached" | "error-rate" | "latency" | "agreement" | "collapse";
                                    variant?: string;
                                    /** @enum {string} */
                                    verdict: "pass" | "fail" | "inconclusive" | "error";
                                    /** @enum {string} */
                                    evidence: "paired" | "control" | "absolute";
                                    detail: string;
                                    figures: {
                                        [key: string]: number | null;
                                    };
                                }[];
                            } | null;
                        }[];
                        stage: number;
                        labelChanges: {
                            version: string;
                            devices: number;
                            added: {
                                count: number;
                                first: string[];
                            };
                            gone: {
                                count: number;
                                first: string[];
                            };
                            moved: {
                                count: number;
                                first: {
                                    label: string;
                                    from: number;
                                    to: number;
                                }[];
                            };
                        }[];
                        labelsApprovedBy: string | null;
                        watchSeconds: number;
                        /** @enum {string} */
                        approve: "auto" | "manual";
                        reason: string;
                        devices: number;
                        devicesTouched: number;
                        progress: {
                            [key: string]: number;
                        };
                        offline: {
                            count: number;
                            devices: string[];
                        };
                        memberStatuses?: {
                            [key: string]: number;
                        };
                        /** Format: date-time */
                        createdAt: string;
                        /** Format: date-time */
                        endedAt: string | null;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        type: string;
                        title: string;
                        status: number;
                        detail: string;
                        code: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                    };
                };
            };
        };
    };
    RolloutController_members: {
        parameters: {
            query?: {
                limit?: number;
                after?: string;
                count?: "true" | "false";
                where?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        schema: "hamon.rollout-members/1";
                        items: {
                            device: string;
                            variant: string;
                            hardwareClass: string;
                            stage: number;
                            state: ("assigned" | "downloading" | "staged" | "self-tested" | "shadowing" | "active" | "committed" | "rolled-back" | "refused" | "superseded") | "pending" | "retired";
                            online: boolean;
                            previousVersion: string | null;
                            reason: {
                                /** @enum {string} */
                                code: "chunk-unavailable" | "disk-full" | "bundle-invalid" | "model-unloadable" | "input-mismatch" | "labels-mismatch" | "golden-mismatch" | "output-not-finite" | "latency-budget" | "memory-budget" | "worker-crashed" | "worker-hung" | "label-collapse" | "error-rate" | "boot-loop" | "storage-error" | "sequence-exhausted" | "manifest-malformed" | "manifest-unsigned" | "manifest-bad-signature" | "manifest-foreign-fleet" | "manifest-foreign-device" | "manifest-expired" | "manifest-from-future" | "manifest-older" | "manifest-conflict" | "manifest-abandoned";
                                detail: string;
                            } | null;
                            waitsFor: {
                                /** @enum {string} */
                                kind: "connection" | "download" | "self-test" | "frames" | "comparison" | "probation" | "resume";
                                detail: string;
                            } | null;
                            /** @enum {string} */
                            status: "pending" | "updating" | "held" | "will-hold" | "cannot-hold" | "running" | "returning" | "will-return" | "returned" | "elsewhere" | "failed" | "replaced" | "retired";
                        }[];
                        next: string | null;
                        total?: number;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        type: string;
                        title: string;
                        status: number;
                        detail: string;
                        code: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                    };
                };
            };
        };
    };
    RolloutController_latecomers: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        schema: "hamon.latecomers/1";
                        count: number;
                        devices: string[];
                        where: string;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        type: string;
                        title: string;
                        status: number;
                        detail: string;
                        code: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                    };
                };
            };
        };
    };
    RolloutController_follow: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        schema: "hamon.rollout-event/1";
                        seq: number;
                        /** Format: date-time */
                        at: string;
                        kind: string;
                        text: string;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        type: string;
                        title: string;
                        status: number;
                        detail: string;
                        code: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                    };
                };
            };
        };
    };
    RolloutController_pause: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        schema: "hamon.rollout/1";
                        /** Format: uuid */
                        id: string;
                        model: string;
                        version: string;
                        variant: string | null;
                        targets: {
                            variant: string;
                            /** @enum {string} */
                            choice: "given" | "measured" | "unmeasured";
                            hardwareClasses: string[];
                            devices: number;
                        }[];
                        where: string;
                        /** @enum {string} */
                        state: "running" | "paused" | "awaiting-approval" | "rolling-back" | "aborting" | "succeeded" | "rolled-back" | "aborted";
                        stages: {
                            devices: number;
                            /** @enum {string} */
                            state: "pending" | "deploying" | "watching" | "passed" | "failed";
                            /** Format: date-time */
                            startedAt: string | null;
                            /** Format: date-time */
                            watchingSince: string | null;
                            prolonged: boolean;
                            /** Format: date-time */
                            watchEndsAt: string | null;
                            /** Format: date-time */
                            endedAt: string | null;
                            judgement: {
                                /** @enum {string} */
                                verdict: "pass" | "fail" | "inconclusive" | "error";
                                reason: string;
                                checks: {
                                    /** @enum {string} */
                                    name: "update-failures" | "reached" | "error-rate" | "latency" | "agreement" | "collapse";
                                    variant?: string;
                                    /** @enum {string} */
                                    verdict: "pass" | "fail" | "inconclusive" | "error";
                                    /** @enum {string} */
                                    evidence: "paired" | "control" | "absolute";
                                    detail: string;
                                    figures: {
                                        [key: string]: number | null;
                                    };
                                }[];
                            } | null;
                        }[];
                        stage: number;
                        labelChanges: {
                            version: string;
                            devices: number;
                            added: {
                                count: number;
                                first: string[];
                            };
                            gone: {
                                count: number;
                                first: string[];
                            };
                            moved: {
                                count: number;
                                first: {
                                    label: string;
                                    from: number;
                                    to: number;
                                }[];
                            };
                        }[];
                        labelsApprovedBy: string | null;
                        watchSeconds: number;
                        /** @enum {string} */
                        approve: "auto" | "manual";
                        reason: string;
                        devices: number;
                        devicesTouched: number;
                        progress: {
                            [key: string]: number;
                        };
                        offline: {
                            count: number;
                            devices: string[];
                        };
                        memberStatuses?: {
                            [key: string]: number;
                        };
                        /** Format: date-time */
                        createdAt: string;
                        /** Format: date-time */
                        endedAt: string | null;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        type: string;
                        title: string;
                        status: number;
                        detail: string;
                        code: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                    };
                };
            };
        };
    };
    RolloutController_resume: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        schema: "hamon.rollout/1";
                        /** Format: uuid */
                        id: string;
                        model: string;
                        version: string;
                        variant: string | null;
                        targets: {
                            variant: string;
                            /** @enum {string} */
                            choice: "given" | "measured" | "unmeasured";
                            hardwareClasses: string[];
                            devices: number;
                        }[];
                        where: string;
                        /** @enum {string} */
                        state: "running" | "paused" | "awaiting-approval" | "rolling-back" | "aborting" | "succeeded" | "rolled-back" | "aborted";
                        stages: {
                            devices: number;
                            /** @enum {string} */
                            state: "pending" | "deploying" | "watching" | "passed" | "failed";
                            /** Format: date-time */
                            startedAt: string | null;
                            /** Format: date-time */
                            watchingSince: string | null;
                            prolonged: boolean;
                            /** Format: date-time */
                            watchEndsAt: string | null;
                            /** Format: date-time */
                            endedAt: string | null;
                            judgement: {
                                /** @enum {string} */
                                verdict: "pass" | "fail" | "inconclusive" | "error";
                                reason: string;
                                checks: {
                                    /** @enum {string} */
                                    name: "update-failures" | "reached" | "error-rate" | "latency" | "agreement" | "collapse";
                                    variant?: string;
                                    /** @enum {string} */
                                    verdict: "pass" | "fail" | "inconclusive" | "error";
                                    /** @enum {string} */
                                    evidence: "paired" | "control" | "absolute";
                                    detail: string;
                                    figures: {
                                        [key: string]: number | null;
                                    };
                                }[];
                            } | null;
                        }[];
                        stage: number;
                        labelChanges: {
                            version: string;
                            devices: number;
                            added: {
                                count: number;
                                first: string[];
                            };
                            gone: {
                                count: number;
                                first: string[];
                            };
                            moved: {
                                count: number;
                                first: {
                                    label: string;
                                    from: number;
                                    to: number;
                                }[];
                            };
                        }[];
                        labelsApprovedBy: string | null;
                        watchSeconds: number;
                        /** @enum {string} */
                        approve: "auto" | "manual";
                        reason: string;
                        devices: number;
                        devicesTouched: number;
                        progress: {
                            [key: string]: number;
                        };
                        offline: {
                            count: number;
                            devices: string[];
                        };
                        memberStatuses?: {
                            [key: string]: number;
                        };
                        /** Format: date-time */
                        createdAt: string;
                        /** Format: date-time */
                        endedAt: string | null;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        type: string;
                        title: string;
                        status: number;
                        detail: string;
                        code: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                    };
                };
            };
        };
    };
    RolloutController_approve: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        schema: "hamon.rollout/1";
                        /** Format: uuid */
                        id: string;
                        model: string;
                        version: string;
                        variant: string | null;
                        targets: {
                            variant: string;
                            /** @enum {string} */
                            choice: "given" | "measured" | "unmeasured";
                            hardwareClasses: string[];
                            devices: number;
                        }[];
                        where: string;
                        /** @enum {string} */
                        state: "running" | "paused" | "awaiting-approval" | "rolling-back" | "aborting" | "succeeded" | "rolled-back" | "aborted";
                        stages: {
                            devices: number;
                            /** @enum {string} */
                            state: "pending" | "deploying" | "watching" | "passed" | "failed";
                            /** Format: date-time */
                            startedAt: string | null;
                            /** Format: date-time */
                            watchingSince: string | null;
                            prolonged: boolean;
                            /** Format: date-time */
                            watchEndsAt: string | null;
                            /** Format: date-time */
                            endedAt: string | null;
                            judgement: {
                                /** @enum {string} */
                                verdict: "pass" | "fail" | "inconclusive" | "error";
                                reason: string;
                                checks: {
                                    /** @enum {string} */
                                    name: "update-failures" | "reached" | "error-rate" | "latency" | "agreement" | "collapse";
                                    variant?: string;
                                    /** @enum {string} */
                                    verdict: "pass" | "fail" | "inconclusive" | "error";
                                    /** @enum {string} */
                                    evidence: "paired" | "control" | "absolute";
                                    detail: string;
                                    figures: {
                                        [key: string]: number | null;
                                    };
                                }[];
                            } | null;
                        }[];
                        stage: number;
                        labelChanges: {
                            version: string;
                            devices: number;
                            added: {
                                count: number;
                                first: string[];
                            };
                            gone: {
                                count: number;
                                first: string[];
                            };
                            moved: {
                                count: number;
                                first: {
                                    label: string;
                                    from: number;
                                    to: number;
                                }[];
                            };
                        }[];
                        labelsApprovedBy: string | null;
                        watchSeconds: number;
                        /** @enum {string} */
                        approve: "auto" | "manual";
                        reason: string;
                        devices: number;
                        devicesTouched: number;
                        progress: {
                            [key: string]: number;
                        };
                        offline: {
                            count: number;
                            devices: string[];
                        };
                        memberStatuses?: {
                            [key: string]: number;
                        };
                        /** Format: date-time */
                        createdAt: string;
                        /** Format: date-time */
                        endedAt: string | null;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        type: string;
                        title: string;
                        status: number;
                        detail: string;
                        code: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                    };
                };
            };
        };
    };
    RolloutController_abort: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @default false */
                    rollback?: boolean;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        schema: "hamon.rollout/1";
                        /** Format: uuid */
                        id: string;
                        model: string;
                        version: string;
                        variant: string | null;
                        targets: {
                            variant: string;
                            /** @enum {string} */
                            choice: "given" | "measured" | "unmeasured";
                            hardwareClasses: string[];
                            devices: number;
                        }[];
                        where: string;
                        /** @enum {string} */
                        state: "running" | "paused" | "awaiting-approval" | "rolling-back" | "aborting" | "succeeded" | "rolled-back" | "aborted";
                        stages: {
                            devices: number;
                            /** @enum {string} */
                            state: "pending" | "deploying" | "watching" | "passed" | "failed";
                            /** Format: date-time */
                            startedAt: string | null;
                            /** Format: date-time */
                            watchingSince: string | null;
                            prolonged: boolean;
                            /** Format: date-time */
                            watchEndsAt: string | null;
                            /** Format: date-time */
                            endedAt: string | null;
                            judgement: {
                                /** @enum {string} */
                                verdict: "pass" | "fail" | "inconclusive" | "error";
                                reason: string;
                                checks: {
                                    /** @enum {string} */
                                    name: "update-failures" | "reached" | "error-rate" | "latency" | "agreement" | "collapse";
                                    variant?: string;
                                    /** @enum {string} */
                                    verdict: "pass" | "fail" | "inconclusive" | "error";
                                    /** @enum {string} */
                                    evidence: "paired" | "control" | "absolute";
                                    detail: string;
                                    figures: {
                                        [key: string]: number | null;
                                    };
                                }[];
                            } | null;
                        }[];
                        stage: number;
                        labelChanges: {
                            version: string;
                            devices: number;
                            added: {
                                count: number;
                                first: string[];
                            };
                            gone: {
                                count: number;
                                first: string[];
                            };
                            moved: {
                                count: number;
                                first: {
                                    label: string;
                                    from: number;
                                    to: number;
                                }[];
                            };
                        }[];
                        labelsApprovedBy: string | null;
                        watchSeconds: number;
                        /** @enum {string} */
                        approve: "auto" | "manual";
                        reason: string;
                        devices: number;
                        devicesTouched: number;
                        progress: {
                            [key: string]: number;
                        };
                        offline: {
                            count: number;
                            devices: string[];
                        };
                        memberStatuses?: {
                            [key: string]: number;
                        };
                        /** Format: date-time */
                        createdAt: string;
                        /** Format: date-time */
                        endedAt: string | null;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        type: string;
                        title: string;
                        status: number;
                        detail: string;
                        code: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                    };
                };
            };
        };
    };
    UnassignmentController_unassign: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    model: string;
                    why: string;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        schema: "hamon.device/1";
                        id: string;
                        labels: {
                            [key: string]: string;
                        };
                        facts: {
                            arch: string;
                            platform: string;
                            cores: number;
                            memoryMb: number;
                            node: string;
                            onnxruntime: string;
                            accelerators: string[];
                            agent: string;
                        };
                        hardwareClass: string;
                        online: boolean;
                        /** Format: date-time */
                        lastSeenAt: string | null;
                        /** Format: date-time */
                        enrolledAt: string;
                        /** Format: uuid */
                        enrolmentToken: string;
                        health: {
                            /** @enum {string} */
                            word: "ok" | "idle" | "degraded" | "failing" | "offline";
                            code: string;
                            reason: string;
                            /** Format: date-time */
                            since: string | null;
                        };
                        retired: {
                            /** Format: date-time */
                            at: string;
                            why: string;
                        } | null;
                        /** Format: date-time */
                        replacedAt: string | null;
                        current: {
                            model: string;
                            version: string;
                            variant: string;
                            bundle: string;
                            sequence: number;
                        } | null;
                        desired: {
                            model: string;
                            version: string;
                            variant: string;
                            bundle: string;
                            sequence: number;
                        } | null;
                        deployment: {
                            version: {
                                model: string;
                                version: string;
                                variant: string;
                                bundle: string;
                                sequence: number;
                            };
                            /** @enum {string} */
                            state: "assigned" | "downloading" | "staged" | "self-tested" | "shadowing" | "active" | "committed" | "rolled-back" | "refused" | "superseded";
                            chunks: {
                                have: number;
                                total: number;
                            };
                            reason: {
                                /** @enum {string} */
                                code: "chunk-unavailable" | "disk-full" | "bundle-invalid" | "model-unloadable" | "input-mismatch" | "labels-mismatch" | "golden-mismatch" | "output-not-finite" | "latency-budget" | "memory-budget" | "worker-crashed" | "worker-hung" | "label-collapse" | "error-rate" | "boot-loop" | "storage-error" | "sequence-exhausted" | "manifest-malformed" | "manifest-unsigned" | "manifest-bad-signature" | "manifest-foreign-fleet" | "manifest-foreign-device" | "manifest-expired" | "manifest-from-future" | "manifest-older" | "manifest-conflict" | "manifest-abandoned";
                                detail: string;
                            } | null;
                        } | null;
                        rejection: {
                            /** @enum {string} */
                            code: "chunk-unavailable" | "disk-full" | "bundle-invalid" | "model-unloadable" | "input-mismatch" | "labels-mismatch" | "golden-mismatch" | "output-not-finite" | "latency-budget" | "memory-budget" | "worker-crashed" | "worker-hung" | "label-collapse" | "error-rate" | "boot-loop" | "storage-error" | "sequence-exhausted" | "manifest-malformed" | "manifest-unsigned" | "manifest-bad-signature" | "manifest-foreign-fleet" | "manifest-foreign-device" | "manifest-expired" | "manifest-from-future" | "manifest-older" | "manifest-conflict" | "manifest-abandoned";
                            detail: string;
                        } | null;
                        pinnedKeyId: string | null;
                        serverKeyId: string;
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        type: string;
                        title: string;
                        status: number;
                        detail: string;
                        code: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                    };
                };
            };
        };
    };
    VersionRetirementController_retire: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                model: string;
                version: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    why: string;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        schema: "hamon.version/1";
                        model: string;
                        version: string;
                        /** @enum {string} */
                        state: "draft" | "validated" | "released" | "retired";
                        labels: string[];
                        variants: {
                            name: string;
                            bundle: string;
                            lengthBytes: number;
                            modelBytes: number;
                        }[];
                        /** Format: date-time */
                        createdAt: string;
                        /** Format: date-time */
                        validatedAt: string | null;
                        /** Format: date-time */
                        releasedAt: string | null;
                        retired: {
                            /** Format: date-time */
                            at: string;
                            why: string;
                        } | null;
                        provenance?: {
                            /** Format: date-time */
                            createdAt: string;
                            model: string;
                            version: string;
                            machine: {
                                hardwareClass: string;
                                cpu: string;
                                facts: {
                                    arch: string;
                                    platform: string;
                                    cores: number;
                                    memoryMb: number;
                                    node: string;
                                    onnxruntime: string;
                                    accelerators: string[];
                                    agent: string;
                                };
                            };
                            provenance: {
                                recipe: {
                                    [key: string]: unknown;
                                };
                                recipeSha256: string;
                                tools: {
                                    [key: string]: string;
                                };
                                input: {
                                    file: string;
                                    bytes: number;
                                    sha256: string;
                                };
                                calibration?: {
                                    samples: number;
                                    sha256: string;
                                };
                                evaluation?: {
                                    samples: number;
                                    sha256: string;
                                };
                            };
                            variants: {
                                name: string;
                                file: string;
                                sha256: string;
                                macs?: number;
                                figures: {
                                    bytes: number;
                                    oneThread: {
                                        threads: number;
                                        runs: number;
                                        p50Ms: number;
                                        p95Ms: number;
                                    };
                                    allThreads?: {
                                        threads: number;
                                        runs: number;
                                        p50Ms: number;
                                        p95Ms: number;
                                    };
                                    rssMb: number;
                                    loadMs: number;
                                    samples: number;
                                    accuracy?: number;
                                    agreement?: number;
                                    outputError?: number;
                                };
                                evaluation?: {
                                    samples: number;
                                    accuracy?: number;
                                    balancedAccuracy?: number;
                                    agreement?: number;
                                };
                            }[];
                            selection: {
                                /** @enum {string} */
                                kind: "chosen" | "unmeasured" | "none";
                                variant?: string;
                            };
                        } | null;
                        profiles?: {
                            variant: string;
                            hardwareClass: string;
                            /** @enum {string} */
                            source: "compression" | "device";
                            device: string | null;
                            /** Format: date-time */
                            measuredAt: string;
                            figures: {
                                bytes: number;
                                oneThread: {
                                    threads: number;
                                    runs: number;
                                    p50Ms: number;
                                    p95Ms: number;
                                };
                                allThreads?: {
                                    threads: number;
                                    runs: number;
                                    p50Ms: number;
                                    p95Ms: number;
                                };
                                rssMb: number;
                                loadMs: number;
                                samples: number;
                                accuracy?: number;
                                agreement?: number;
                                outputError?: number;
                            };
                        }[];
                        unfit?: {
                            variant: string;
                            hardwareClass: string;
                            device: string;
                            /** Format: date-time */
                            measuredAt: string;
                            reason: {
                                /** @enum {string} */
                                code: "chunk-unavailable" | "disk-full" | "bundle-invalid" | "model-unloadable" | "input-mismatch" | "labels-mismatch" | "golden-mismatch" | "output-not-finite" | "latency-budget" | "memory-budget" | "worker-crashed" | "worker-hung" | "label-collapse" | "error-rate" | "boot-loop" | "storage-error" | "sequence-exhausted" | "command-expired" | "command-replayed" | "no-memory" | "out-of-time" | "gave-up" | "cancelled" | "results-invalid";
                                detail: string;
                            };
                        }[];
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        type: string;
                        title: string;
                        status: number;
                        detail: string;
                        code: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                    };
                };
            };
        };
    };
    InferenceController_infer: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                model: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "image/png": string;
                "image/jpeg": string;
                "application/octet-stream": string;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        schema: "hamon.result/1";
                        model: string;
                        version: string;
                        variant: string;
                        /** @enum {string} */
                        source: "edge" | "cloud";
                        latencyMs: number;
                        output: {
                            label: string;
                            confidence: number;
                            probabilities: number[];
                        };
                    };
                };
            };
            /** @description RFC 9457 problem details */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @default hamon.problem/1
                         * @enum {string}
                         */
                        schema: "hamon.problem/1";
                        type: string;
                        title: string;
                        status: number;
                        detail: string;
                        code: string;
                        errors?: {
                            field: string;
                            rule: string;
                        }[];
                    };
                };
            };
        };
    };
}
