// Engine: runs, the pipeline interpreter, the crew, the fix loop, verification and delivery.
