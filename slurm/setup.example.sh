# shellcheck shell=bash
# The one file that knows your cluster: copy it to setup.sh (beside lib.sh) and keep what applies.
# Every script sources it first, on login and compute nodes alike. Values already in the environment win.

# Software: modules, then the environment that slangrag is installed in (Python 3.11 or newer).
# module load python/3.11 cuda
# source "$HOME/slangrag/.venv/bin/activate"

# Where things lie. Not on NFS and not in a small home: the store of the full file takes tens of gigabytes.
# export SCRATCH=/scratch/$USER
# export SLANGRAG_STORE=${SLANGRAG_STORE:-$SCRATCH/slangrag/store}
# export OLLAMA_MODELS=${OLLAMA_MODELS:-$SCRATCH/ollama/models}

# Ollama: on PATH (unpack its Linux archive anywhere, no root needed) ...
# export PATH=$SCRATCH/ollama/bin:$PATH
# ... or in a container. The folder of the models must be visible inside.
# module load apptainer
# export OLLAMA_CMD="apptainer exec --nv --bind $OLLAMA_MODELS $SCRATCH/ollama.sif ollama"

# Models.
# export SLANGRAG_EMBED_MODEL=${SLANGRAG_EMBED_MODEL:-nomic-embed-text}
# export SLANGRAG_CHAT_MODEL=${SLANGRAG_CHAT_MODEL:-llama3.1}

# Tunnels: what you ssh to from your own machine.
# export SLANGRAG_LOGIN=$USER@login.cluster.example
