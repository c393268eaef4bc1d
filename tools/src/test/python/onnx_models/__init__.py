# SPDX-License-Identifier: Apache-2.0
"""ONNX models for the tests: exported by PyTorch, written operator by operator, and hostile."""
