# The agent of one device: docker build -f docker/agent.Dockerfile -t hamon-agent .
FROM node:22-bookworm-slim AS build
WORKDIR /src
COPY . .
# Without install scripts: onnxruntime's would fetch CUDA, and nothing here needs another's.
RUN npm ci --ignore-scripts --no-audit --no-fund
RUN node node_modules/typescript/bin/tsc -b tsconfig.json
# The binaries of this image's platform alone.
RUN node scripts/pack/main.mjs --platforms "linux/$(node -p process.arch)" --out /packages agent

FROM node:22-bookworm-slim AS install
COPY --from=build /packages /packages
RUN npm install --global --prefix /opt/hamon --no-audit --no-fund /packages/hamon-agent-*.tgz

# Images of metal surfaces, for the two agents of compose.yaml.
FROM build AS images
RUN node examples/surface-inspection/dist/generate.js --splits line

FROM node:22-bookworm-slim AS agent
# For cameras. Leave it out where frames come from folders or by HTTP: --build-arg PACKAGES=ca-certificates
ARG PACKAGES="ca-certificates ffmpeg"
RUN apt-get update \
    && apt-get install -y --no-install-recommends ${PACKAGES} \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --uid 10001 --user-group --groups video --no-create-home --home-dir /state hamon \
    && install -d -o hamon -g hamon -m 0750 /state
COPY --from=install /opt/hamon /opt/hamon
ENV NODE_ENV=production PATH=/opt/hamon/bin:/usr/local/bin:/usr/bin:/bin
USER hamon
WORKDIR /state
VOLUME /state
EXPOSE 7070
HEALTHCHECK --interval=30s --timeout=5s --retries=4 \
    CMD ["node", "-e", "fetch('http://127.0.0.1:7070/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["hamon-agent"]
CMD ["run", "--state", "/state"]

FROM agent AS demo
COPY --from=images /src/examples/surface-inspection/images/line /images

FROM agent
